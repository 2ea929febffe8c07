/** A stored boolean. The drivers of the two engines handle booleans differently, but both store a small integer. */
export type Bit = 0 | 1;

/** Converts a boolean for storage. */
export function toBit(value: boolean): Bit {
  return value ? 1 : 0;
}

/** Converts a stored boolean. */
export function fromBit(bit: Bit): boolean {
  return bit === 1;
}
