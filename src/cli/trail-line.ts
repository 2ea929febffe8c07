import { sha256Hex } from '../kernel/digest.ts';

/** Where a line of an exported audit trail stands in it. */
export interface TrailPlace {
  readonly sequence: number;
  /** Unknown where only a cursor was given. */
  readonly hash?: string;
}

/** Before the first entry of a trail. */
export const trailStart: TrailPlace = { sequence: 0, hash: '0'.repeat(64) };

// The members stand in this order: docs/audit.md.
const lineForm = /^(\{"sequence":(\d{1,16}),"previousHash":"([0-9a-f]{64})",.*),"hash":"([0-9a-f]{64})"\}$/su;

/** What a line says of its place; `undefined` for what is no line of an export. */
export function placeOfLine(line: string): TrailPlace | undefined {
  const [, , sequence, , hash] = lineForm.exec(line) ?? [];
  return sequence === undefined || hash === undefined ? undefined : { sequence: Number(sequence), hash };
}

/** How a line stands to the one before it. */
export interface Followed {
  readonly place: TrailPlace;
  /** How many entries between the two are gone. Then there is no telling whether one follows the other. */
  readonly missing: number;
  /** What is wrong with the line, if something is. */
  readonly fault?: string;
}

/** Checks that a line is whole and follows the one before it. */
export function followLine(before: TrailPlace, line: string): Followed {
  const [, content, sequence, previousHash, hash] = lineForm.exec(line) ?? [];
  if (content === undefined || hash === undefined) {
    const place = { sequence: before.sequence + 1 };
    return { place, missing: 0, fault: `what stands after entry ${before.sequence} is no entry` };
  }
  const place = { sequence: Number(sequence), hash };
  const missing = Math.max(0, place.sequence - before.sequence - 1);
  if (sha256Hex(`${content}}`) !== hash) {
    return { place, missing, fault: `entry ${place.sequence} is not what its hash says` };
  }
  const isNext = place.sequence === before.sequence + 1 && (before.hash ?? previousHash) === previousHash;
  if (isNext || missing > 0) return { place, missing };
  return { place, missing, fault: `entry ${place.sequence} does not follow entry ${before.sequence}` };
}
