import type { Readable, Writable } from 'node:stream';

import type { Clock } from '../kernel/clock.ts';

/** A stream that may be a terminal. */
interface Terminal {
  readonly isTTY?: boolean | undefined;
}

/** What the process gives a command. A command reaches the process in no other way. */
export interface CliWorld {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly streams: {
    readonly input: Readable & Terminal;
    readonly output: Writable & Terminal;
    readonly errors: Writable & Terminal;
  };
  readonly platform: string;
  readonly clock: Clock;
  fetch(url: URL, init: RequestInit): Promise<Response>;
}
