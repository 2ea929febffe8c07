/** Takes text, such as lines of a log. */
interface Destination {
  write(text: string): unknown;
}

/** Holds lines for a moment, so that a busy server does not write each by itself. */
export interface HeldLines extends Destination {
  /** Writes what is held now. */
  release(): void;
}

/** How long a line is held at most, and how many characters are. */
export interface Holding {
  readonly holdMs: number;
  readonly lengthMax: number;
}

/** Puts a holder of lines before a destination. */
export function holdLines(destination: Destination, { holdMs, lengthMax }: Holding): HeldLines {
  let held = '';
  let timer: NodeJS.Timeout | undefined;
  const release = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (held !== '') destination.write(held);
    held = '';
  };
  return {
    write: (line) => {
      held += line;
      if (held.length >= lengthMax) release();
      else timer ??= setTimeout(release, holdMs);
    },
    release,
  };
}
