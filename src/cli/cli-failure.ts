/** How the program ends, for scripts. These numbers are documented in docs/cli.md and do not change. */
export const exitCodes = {
  done: { number: 0, doc: 'It worked.' },
  failed: { number: 1, doc: 'The server refused it, or it could not be done. Standard error says why.' },
  usage: { number: 2, doc: 'The command was not understood: an unknown option, a missing argument.' },
  unreachable: { number: 3, doc: 'The server did not answer, or answered that it cannot work at the moment.' },
  signIn: { number: 4, doc: 'A login is needed: there is none, or it has ended.' },
} as const;

export type ExitReason = keyof typeof exitCodes;

/** Why a command ends early: one line for the person, which says what to do. */
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
