/**
 * How entries hang together: pure functions over rows.
 *
 * An entry's content is one line of JSON that holds the entry, its sequence and the hash of the entry before it. Its
 * hash is the SHA-256 of exactly these bytes, and an exported line is the content with the hash put at its end: whoever
 * receives lines checks them with nothing but SHA-256 and a text search.
 */
import { hash as digest } from 'node:crypto';

import type { Schema } from '../storage/schema/schema.ts';
import { serverTrail } from './trail-name.ts';

export type AuditRow = Schema['audit_events'];
export type AuditHead = Schema['audit_heads'];

/** An entry that has no place in a trail yet. */
export type UnchainedRow = Omit<AuditRow, 'organization_id' | 'sequence' | 'hash'>;

/** What the first entry of a trail names as the hash before it. */
export const noHash = '0'.repeat(64);

/** A trail without entries; not sealed yet. */
export function emptyHead(organizationId: string): AuditHead {
  const pruned = { pruned_sequence: 0, pruned_hash: noHash };
  return { organization_id: organizationId, sequence: 0, hash: noHash, ...pruned, seal: '' };
}

/** A head with the seal of what it says. */
export function sealHead(keys: { authenticate(text: string): string }, head: AuditHead): AuditHead {
  return { ...head, seal: keys.authenticate(headText(head)) };
}

/** Everything of a head that its seal vouches for. */
export function headText(head: AuditHead): string {
  const { organization_id, sequence, hash, pruned_sequence, pruned_hash } = head;
  return JSON.stringify([organization_id, sequence, hash, pruned_sequence, pruned_hash]);
}

/** Puts entries at the end of a trail. */
export function chain(head: AuditHead, entries: readonly UnchainedRow[]): AuditRow[] {
  let { sequence, hash } = head;
  return entries.map((entry) => {
    sequence += 1;
    const row = { organization_id: head.organization_id, sequence, ...entry, hash: '' };
    hash = hashOf(row, hash);
    row.hash = hash;
    return row;
  });
}

/** The hash of an entry that follows the entry with the given hash, as 64 hexadecimal digits. */
export function hashOf(row: Omit<AuditRow, 'hash'>, previousHash: string): string {
  return digest('sha256', contentOf(row, previousHash), 'hex');
}

/** An entry as one line, without the line feed: its content with the stored hash at the end. */
export function lineOf(row: AuditRow, previousHash: string): string {
  return `${contentOf(row, previousHash).slice(0, -1)},"hash":${JSON.stringify(row.hash)}}`;
}

/**
 * Whether the parts of a row that are JSON already are what this program writes. Otherwise bytes could be moved from
 * one column to its neighbour without the content changing.
 */
export function isWellFormed(row: AuditRow): boolean {
  return isWrittenJson(row.actor_metadata) && isWrittenJson(row.event_metadata);
}

function contentOf(row: Omit<AuditRow, 'hash'>, previousHash: string): string {
  const json = JSON.stringify;
  const organizationId = row.organization_id === serverTrail ? null : row.organization_id;
  return (
    `{"sequence":${row.sequence},"previousHash":"${previousHash}","id":${json(row.id)},` +
    `"createdAt":"${momentOf(row.created_at)}","orgId":${json(organizationId)},` +
    `"actor":{"type":${json(row.actor_type)},"metadata":${row.actor_metadata}},` +
    `"event":{"type":${json(row.event_type)},"metadata":${row.event_metadata}},` +
    `"ipAddress":${json(row.ip_address)},"userAgent":${json(row.user_agent)}}`
  );
}

const furthestMs = 8.64e15;

// Total, so that a row which somebody altered can be looked at.
function momentOf(ms: number): string {
  return Math.abs(ms) <= furthestMs ? new Date(ms).toISOString() : String(ms);
}

function isWrittenJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && JSON.stringify(value) === text;
  } catch {
    return false;
  }
}
