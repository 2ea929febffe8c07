import { Type } from 'typebox';

import { offsetMax, pageLimitDefault, pageLimitMax } from './limits.ts';

/** The part of a long list that a caller wants. */
export const pageQuery = {
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: offsetMax, default: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageLimitMax, default: pageLimitDefault })),
};

/** A part of a list, complete. */
export interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** The page that a query means, or the first one. */
export function pageOf({ offset = 0, limit = pageLimitDefault }: { offset?: number; limit?: number }): Page {
  return { offset, limit };
}
