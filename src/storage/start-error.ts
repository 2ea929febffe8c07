/** Why the database cannot be opened. The message tells the operator what is wrong and what to do. */
export class StorageStartError extends Error {
  override readonly name = 'StorageStartError';
}
