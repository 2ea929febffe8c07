import type { Pool, PoolClient } from 'pg';

import { postgresFewerConnectionsMs } from '../limits.ts';
import { sqlState } from './postgres-errors.ts';

const tooManyConnections = '53300';

/**
 * Creates the function that takes connections from a pool.
 *
 * A server may allow fewer connections than the pool: other nodes use the rest, or its limit is lower. The pool would
 * fail
 * the caller for whom it tried to open another one. Here callers wait for the open connections, and the pool tries to
 * grow
 * again later.
 */
export function createConnect(pool: Pool): () => Promise<PoolClient> {
  const sizeMax = pool.options.max;
  let regrow: NodeJS.Timeout | undefined;
  // Without the rejected connection. Further rejections lower the number again.
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
