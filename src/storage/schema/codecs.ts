/** A boolean at rest: neither engine's driver takes a boolean alike, both take a small integer. */
export type Bit = 0 | 1;

/** A boolean as it is stored. */
export function toBit(value: boolean): Bit {
  return value ? 1 : 0;
}

/** A stored boolean. */
export function fromBit(bit: Bit): boolean {
  return bit === 1;
}
