/** The exit codes, for scripts. docs/cli.md documents these numbers, so they do not change. */
export const exitCodes = {
  done: { number: 0, doc: 'It worked.' },
  failed: { number: 1, doc: 'The server rejected the request, or the command failed. Standard error says why.' },
  usage: { number: 2, doc: 'The command was not understood: for example an unknown option or a missing argument.' },
  unreachable: { number: 3, doc: 'The server did not respond, or reported that it is not available now.' },
  signIn: { number: 4, doc: 'A login is required: you are not logged in, or the login has expired.' },
} as const;

export type ExitReason = keyof typeof exitCodes;

/** Ends a command with one line for the user, which says what to do. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly reason: ExitReason;

  constructor(reason: ExitReason, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.reason = reason;
  }
}

/** The failure of a command that was not understood. */
export function usageFailure(message: string): CliFailure {
  return new CliFailure('usage', message);
}
