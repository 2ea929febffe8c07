import type { Pool, PoolClient } from 'pg';

import { postgresFewerConnectionsMs } from '../limits.ts';
import { sqlState } from './postgres-errors.ts';

const tooManyConnections = '53300';

/**
 * Makes what lends the connections of a pool.
 *
 * A server may allow fewer connections than the pool: other nodes have the rest, or its limit is lower. The pool would
 * report each attempt at a further one to whoever asked for it. Here they wait in line for those that there are, and the
 * pool tries to grow again a while later.
 */
export function createLender(pool: Pool): () => Promise<PoolClient> {
  const sizeMax = pool.options.max;
  let regrow: NodeJS.Timeout | undefined;
  // Without the one that was refused. Others that are still being refused correct it downwards.
  const keepToOpen = () => {
    pool.options.max = pool.totalCount;
    clearTimeout(regrow);
    regrow = setTimeout(() => (pool.options.max = sizeMax), postgresFewerConnectionsMs).unref();
  };
  return async () => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await pool.connect();
      } catch (thrown) {
        if (sqlState(thrown) !== tooManyConnections || pool.totalCount === 0 || tries > sizeMax) throw thrown;
        keepToOpen();
      }
    }
  };
}
