import { Type } from 'typebox';

import { offsetMax, pageLimitDefault, pageLimitMax } from './limits.ts';

/** The part of a long list that a caller wants. */
export const pageQuery = {
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: offsetMax, default: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageLimitMax, default: pageLimitDefault })),
};

/** The same for a short list: the first page holds up to `rowsMax` rows, which is everything, unless asked for less. */
export function wholeListQuery(rowsMax: number) {
  return {
    offset: Type.Optional(Type.Integer({ minimum: 0, maximum: offsetMax, default: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: rowsMax, default: rowsMax })),
  };
}

/** How many rows there are, in an answer that lists. */
export const TotalCount = Type.Integer({ description: 'The total number of rows.' });

/** A page of rows that are all at hand, and how many there are. */
export function cutPage<Row>(
  rows: readonly Row[],
  { offset = 0, limit = rows.length }: { offset?: number; limit?: number },
): { readonly rows: Row[]; readonly totalCount: number } {
  return { rows: rows.slice(offset, offset + limit), totalCount: rows.length };
}

/** A part of a list, complete. */
export interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** The page that a query means, or the first one. */
export function pageOf({ offset = 0, limit = pageLimitDefault }: { offset?: number; limit?: number }): Page {
  return { offset, limit };
}
