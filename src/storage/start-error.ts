/** Why the database cannot be opened. The message is for the operator: what is wrong, with what, and what to do. */
export class StorageStartError extends Error {
  override readonly name = 'StorageStartError';
}
