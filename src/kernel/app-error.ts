/**
 * The error that the program throws on purpose. Its `code` is from the closed table in `contract/errors.ts`, which has
 * the status and
 * the public text of each code.
 *
 * The code decides what a client sees. `cause` and `meta` are for the log and for the record of a sign-in attempt, so
 * they may contain
 * what was found.
 */
export class AppError<Code extends string = string, Meta extends object = object> extends Error {
  override readonly name = 'AppError';
  readonly code: Code;
  readonly meta: Meta;

  constructor(code: Code, options: { readonly cause?: unknown; readonly meta?: Meta } = {}) {
    super(code, 'cause' in options ? { cause: options.cause } : {});
    this.code = code;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `appError` requires what cannot be left out
    this.meta = options.meta ?? ({} as Meta);
  }
}
