import { failureOf, isRecord, isSuccess } from './api-client.ts';
import type { Connection } from './connect.ts';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

interface ListWanted {
  readonly query: Query;
  /** The field of the response that has the rows; `''` if the response is a bare array. */
  readonly rows: string;
  /** What is shown without a limit: the whole list, or the page size of the server. */
  readonly unlimited: 'whole' | 'page';
}

/**
 * Reads a list. The server ends a page early if its rows have too many bytes, so this reads further pages (by the
 * header `X-Next-Offset`) until it has the requested number of rows. The result is the first response with all rows.
 *
 * @throws {CliFailure} when a request is rejected.
 */
export async function readList<Body>(
  connection: Pick<Connection, 'ask'>,
  path: string,
  { query, rows: field, unlimited }: ListWanted,
): Promise<Body> {
  const limit = typeof query['limit'] === 'number' ? query['limit'] : undefined;
  const wanted = limit ?? (unlimited === 'whole' ? Infinity : 0);
  const rows: unknown[] = [];
  let first: unknown;
  for (let offset = query['offset']; ;) {
    const rest = limit === undefined ? {} : { limit: limit - rows.length };
    const answer = await connection.ask(path, { query: { ...query, ...rest, offset } });
    if (!isSuccess(answer)) throw failureOf(answer);
    first ??= answer.body;
    const got = rowsOf(answer.body, field);
    rows.push(...got);
    const next = answer.headers.get('x-next-offset');
    if (next === null || got.length === 0 || rows.length >= wanted) break;
    offset = Number(next);
  }
  const whole = field === '' ? rows : { ...(isRecord(first) ? first : {}), [field]: rows };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the contract, which names the type, says what is answered
  return whole as Body;
}

function rowsOf(body: unknown, field: string): readonly unknown[] {
  const rows: unknown = field === '' ? body : isRecord(body) ? body[field] : [];
  return Array.isArray(rows) ? rows : [];
}
