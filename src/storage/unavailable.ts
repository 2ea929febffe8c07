import { appError, type KnownError } from '../contract/errors.ts';

/** The error for a database that cannot be used now. The cause goes to the log. */
export function storageUnavailable(cause: unknown): KnownError {
  return appError('storage_unavailable', { cause });
}
