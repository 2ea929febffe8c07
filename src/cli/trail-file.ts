import { open, type FileHandle } from 'node:fs/promises';

import { CliFailure } from './cli-failure.ts';
import { type TrailPlace, placeOfLine } from './trail-line.ts';

/** The last line of a file, without the line feed. */
export interface TrailEnd {
  readonly line: string;
  readonly place: TrailPlace;
}

/** A file that an export continues in. */
interface TrailFile {
  /** `undefined` while the file is empty. */
  readonly last: TrailEnd | undefined;
  /** Whether an incomplete last line was removed, which a killed program had left. */
  readonly wasTorn: boolean;
  /** Appends whole lines, and returns when they are on disk. */
  append(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Longer than any line of a trail: a file without a line feed in its last bytes is not an export. */
const lineBytesMax = 1_048_576;
const ownerOnlyFile = 0o600;
const lineFeed = 0x0a;

/**
 * Opens a file of exported lines, or creates a private one, because a trail contains e-mail addresses.
 *
 * @throws {CliFailure} for a file with other content, which stays unchanged.
 */
export async function openTrailFile(path: string): Promise<TrailFile> {
  const handle = await open(path, 'a+', ownerOnlyFile).catch((thrown: unknown) => {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason';
    throw new CliFailure('failed', `${path} cannot be written (${code}).`);
  });
  try {
    const { lastLine, torn, wholeBytes } = await readEnd(handle);
    const place = lastLine === undefined ? undefined : placeOfLine(lastLine);
    const last = lastLine === undefined || place === undefined ? undefined : { line: lastLine, place };
    if ((lastLine !== undefined && last === undefined) || !isBeginning(torn)) {
      throw new CliFailure('failed', `${path} is not an exported audit trail.`);
    }
    if (torn !== '') await handle.truncate(wholeBytes);
    const append = appender(handle, path, wholeBytes);
    return { last, wasTorn: torn !== '', append, close: async () => handle.close() };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

function appender(handle: FileHandle, path: string, size: number): (text: string) => Promise<void> {
  let expected = size;
  return async (text) => {
    if ((await handle.stat()).size !== expected) {
      throw new CliFailure('failed', `Another program is writing to ${path}. Run one export per file at a time.`);
    }
    await handle.writeFile(text);
    await handle.datasync();
    expected += Buffer.byteLength(text);
  };
}

/**
 * How a file ends: its last complete line, the text after it without a line feed, and the number of bytes before that.
 */
interface FileEnd {
  readonly lastLine: string | undefined;
  readonly torn: string;
  readonly wholeBytes: number;
}

async function readEnd(handle: FileHandle): Promise<FileEnd> {
  const { size } = await handle.stat();
  const length = Math.min(size, lineBytesMax);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  const end = buffer.lastIndexOf(lineFeed);
  // The file may end within a character, so it is read as bytes.
  const torn = buffer.subarray(end + 1).toString('latin1');
  const wholeBytes = size - torn.length;
  if (end === -1) return { lastLine: undefined, torn, wholeBytes };
  const start = end === 0 ? 0 : buffer.lastIndexOf(lineFeed, end - 1) + 1;
  return { lastLine: buffer.subarray(start, end).toString('utf8'), torn, wholeBytes };
}

// Every line starts like this, wherever it was cut. A file that ends differently is not truncated.
function isBeginning(torn: string): boolean {
  const start = '{"sequence":';
  return torn.startsWith(start) || start.startsWith(torn);
}
