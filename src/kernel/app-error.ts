/**
 * The one error type that the house throws on purpose. Its `code` comes from the closed table in
 * `contract/errors.ts`, which alone knows the status and the public text of each code.
 *
 * What a reader outside may see is fixed by the code; `cause` and `meta` are for the log and for the record of a
 * sign-in attempt, so they may name what was found.
 */
export class AppError<Code extends string = string> extends Error {
  override readonly name = 'AppError';
  readonly code: Code;
  readonly meta: Readonly<Record<string, unknown>>;

  constructor(code: Code, options: { cause?: unknown; meta?: Readonly<Record<string, unknown>> } = {}) {
    super(code, 'cause' in options ? { cause: options.cause } : {});
    this.code = code;
    this.meta = options.meta ?? {};
  }
}
