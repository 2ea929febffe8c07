import { appError } from '../contract/errors.ts';
import { violatedConstraint } from './constraint.ts';
import type { Database } from './database.ts';

/**
 * A database whose transactions fail with `deleted_meanwhile` if a row refers to a deleted row. On PostgreSQL this
 * happens
 * if an organization, a user or a group is deleted between the look-up and the write. It is not a fault of the server.
 */
export function explainDeletedParents(database: Database): Database {
  const transaction: Database['transaction'] = async (fn, options) =>
    database.transaction(fn, options).catch((thrown: unknown) => {
      throw violatedConstraint(thrown) === 'foreign_key' ? appError('deleted_meanwhile', { cause: thrown }) : thrown;
    });
  return { ...database, transaction };
}
