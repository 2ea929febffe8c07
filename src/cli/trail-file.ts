import { open, type FileHandle } from 'node:fs/promises';

import { CliFailure } from './cli-failure.ts';
import { type TrailPlace, placeOfLine } from './trail-line.ts';

/** The last line of a file, without the line feed. */
export interface TrailEnd {
  readonly line: string;
  readonly place: TrailPlace;
}

/** A file that an export goes on in. */
interface TrailFile {
  /** `undefined` while it is empty. */
  readonly last: TrailEnd | undefined;
  /** Whether half a line was cut off, which a program that was killed had left. */
  readonly wasTorn: boolean;
  /** Adds whole lines, and returns when they are on the disk. */
  append(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Longer than any line of a trail: whose last bytes hold no line feed is no export. */
const lineBytesMax = 1_048_576;
const ownerOnlyFile = 0o600;
const lineFeed = 0x0a;

/**
 * Opens a file of exported lines, or makes one that only its owner reads: a trail tells addresses.
 *
 * @throws {CliFailure} for a file that holds something else, which is left as it is.
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
      throw new CliFailure('failed', `${path} holds something else than an exported audit trail.`);
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
      throw new CliFailure('failed', `Another program writes into ${path}. One export at a time goes into a file.`);
    }
    await handle.writeFile(text);
    await handle.datasync();
    expected += Buffer.byteLength(text);
  };
}

/** How a file ends: its last whole line, what follows it without a line feed, and how many bytes come before that. */
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
  // It may have been cut within a character, so that it is read byte by byte.
  const torn = buffer.subarray(end + 1).toString('latin1');
  const wholeBytes = size - torn.length;
  if (end === -1) return { lastLine: undefined, torn, wholeBytes };
  const start = end === 0 ? 0 : buffer.lastIndexOf(lineFeed, end - 1) + 1;
  return { lastLine: buffer.subarray(start, end).toString('utf8'), torn, wholeBytes };
}

// Wherever a line was cut, it began like this; a file that ends otherwise is none to be cut.
function isBeginning(torn: string): boolean {
  const start = '{"sequence":';
  return torn.startsWith(start) || start.startsWith(torn);
}
