/**
 * The one error type that the house throws on purpose. Its `code` comes from the closed table in
 * `contract/errors.ts`, which alone knows the status and the public text of each code.
 *
 * What a reader outside may see is fixed by the code; `cause` and `meta` are for the log and for the record of a
 * sign-in attempt, so they may name what was found.
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
