/**
 * The hash chain of a trail: pure functions over rows.
 *
 * An entry's content is one line of JSON with the entry, its sequence and the hash of the entry before it. Its hash is
 * the
 * SHA-256 of exactly these bytes. An exported line is the content with the hash appended, so a receiver can check lines
 * with SHA-256 and a text search.
 */
import { hash as digest } from 'node:crypto';

import type { Schema } from '../storage/schema/schema.ts';
import { serverTrail } from './trail-name.ts';

export type AuditRow = Schema['audit_events'];
export type AuditHead = Schema['audit_heads'];

/** An entry without its position in a trail. */
export type UnchainedRow = Omit<AuditRow, 'organization_id' | 'sequence' | 'hash'>;

/** The previous hash in the first entry of a trail. */
export const noHash = '0'.repeat(64);

/** The head of an empty trail, not yet sealed. */
export function emptyHead(organizationId: string): AuditHead {
  const pruned = { pruned_sequence: 0, pruned_hash: noHash };
  return { organization_id: organizationId, sequence: 0, hash: noHash, ...pruned, seal: '' };
}

/** A head with its seal. */
export function sealHead(keys: { authenticate(text: string): string }, head: AuditHead): AuditHead {
  return { ...head, seal: keys.authenticate(headText(head)) };
}

/** The columns of a head that its seal covers. */
export function headText(head: AuditHead): string {
  const { organization_id, sequence, hash, pruned_sequence, pruned_hash } = head;
  return JSON.stringify([organization_id, sequence, hash, pruned_sequence, pruned_hash]);
}

/** Appends entries to a trail. */
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

/** The hash of an entry that follows an entry with the given hash, as 64 hexadecimal digits. */
export function hashOf(row: Omit<AuditRow, 'hash'>, previousHash: string): string {
  return digest('sha256', contentOf(row, previousHash), 'hex');
}

/** An entry as one line, without the line feed: its content with the stored hash appended. */
export function lineOf(row: AuditRow, previousHash: string): string {
  return `${contentOf(row, previousHash).slice(0, -1)},"hash":${JSON.stringify(row.hash)}}`;
}

/**
 * Whether the JSON columns of a row have the form that this program writes. Otherwise bytes could be moved from one
 * column
 * to the next without changing the content.
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

// Accepts any number, so that an altered row can still be verified.
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
