import type { FastifyReply } from 'fastify';

import { listBytesMax } from '../contract/limits.ts';
import type { RouteContract } from '../contract/route.ts';

/** The number of matching rows on all pages. A bare array has no other place for it. */
const totalCountHeader = 'x-total-count';
/** The `offset` of the next page. It is absent on the last page. */
const nextOffsetHeader = 'x-next-offset';

/** Sends a page as a bare array. The total goes into a header. */
export function sendBareList<Row>(
  reply: FastifyReply,
  { rows, totalCount }: { readonly rows: Row[]; readonly totalCount: number },
): Row[] {
  reply.header(totalCountHeader, totalCount);
  return rows;
}

interface Page {
  readonly route: RouteContract;
  readonly query: unknown;
  readonly reply: FastifyReply;
}

/**
 * Limits a page of a list by its size in bytes: the page ends before the row that would exceed `listBytesMax`. It has
 * at least one row, so that a large row does not block the list. Two headers contain the number of rows and the offset
 * of the next page.
 *
 * The route names the field with the rows in `list`; an empty name means that the response is a bare array. The total
 * is the response's `totalCount`, or comes from {@link sendBareList}.
 */
export function boundList<Response>(response: Response, { route: { list }, query, reply }: Page): Response {
  if (list === undefined) return response;
  const field: unknown = list === '' ? response : Reflect.get(Object(response), list);
  const rows: readonly unknown[] = Array.isArray(field) ? field : [];
  const total = totalOf(response, reply);
  const kept = rowsThatFit(rows);
  const next = numberIn(query, 'offset') + kept;
  if (total !== undefined) reply.header(totalCountHeader, total);
  if (kept < rows.length || (total !== undefined && next < total && rows.length > 0)) {
    reply.header(nextOffsetHeader, next);
  }
  if (kept === rows.length) return response;
  const shorter: unknown = list === '' ? rows.slice(0, kept) : { ...response, [list]: rows.slice(0, kept) };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the response with fewer of its rows has its type
  return shorter as Response;
}

function rowsThatFit(rows: readonly unknown[]): number {
  let bytes = 0;
  const first = rows.findIndex((row) => {
    bytes += Buffer.byteLength(JSON.stringify(row));
    return bytes > listBytesMax;
  });
  return first === -1 ? rows.length : Math.max(1, first);
}

function totalOf(response: unknown, reply: FastifyReply): number | undefined {
  const inBody: unknown = Reflect.get(Object(response), 'totalCount');
  if (typeof inBody === 'number') return inBody;
  const inHeader = reply.getHeader(totalCountHeader);
  return inHeader === undefined ? undefined : Number(inHeader);
}

function numberIn(query: unknown, name: string): number {
  const value: unknown = Reflect.get(Object(query), name);
  return typeof value === 'number' ? value : 0;
}
