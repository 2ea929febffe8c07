import { sha256Hex } from '../kernel/digest.ts';

/** The position of an exported line in its trail. */
export interface TrailPlace {
  readonly sequence: number;
  /** Unknown if only a cursor was given. */
  readonly hash?: string;
}

/** Before the first entry of a trail. */
export const trailStart: TrailPlace = { sequence: 0, hash: '0'.repeat(64) };

// The fields have this order: docs/audit.md.
const lineForm = /^(\{"sequence":(\d{1,16}),"previousHash":"([0-9a-f]{64})",.*),"hash":"([0-9a-f]{64})"\}$/su;

/** Reads a line's position; `undefined` for a line that is not from an export. */
export function placeOfLine(line: string): TrailPlace | undefined {
  const [, , sequence, , hash] = lineForm.exec(line) ?? [];
  return sequence === undefined || hash === undefined ? undefined : { sequence: Number(sequence), hash };
}

/** The relation of a line to the line before it. */
export interface Followed {
  readonly place: TrailPlace;
  /** The number of missing entries between the two lines. If there are any, the chain cannot be checked. */
  readonly missing: number;
  /** What is wrong with the line, if anything. */
  readonly fault?: string;
}

/** Checks that a line is complete and follows the line before it. */
export function followLine(before: TrailPlace, line: string): Followed {
  const [, content, sequence, previousHash, hash] = lineForm.exec(line) ?? [];
  if (content === undefined || hash === undefined) {
    const place = { sequence: before.sequence + 1 };
    return { place, missing: 0, fault: `the line after entry ${before.sequence} is not an entry` };
  }
  const place = { sequence: Number(sequence), hash };
  const missing = Math.max(0, place.sequence - before.sequence - 1);
  if (sha256Hex(`${content}}`) !== hash) {
    return { place, missing, fault: `entry ${place.sequence} does not match its hash` };
  }
  const isNext = place.sequence === before.sequence + 1 && (before.hash ?? previousHash) === previousHash;
  if (isNext || missing > 0) return { place, missing };
  return { place, missing, fault: `entry ${place.sequence} does not follow entry ${before.sequence}` };
}
