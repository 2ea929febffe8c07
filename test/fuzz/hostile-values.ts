import fc from 'fast-check';

/** Every code unit, including NUL, lone surrogates and bidirectional marks. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', ' ', '__proto__', 'constructor', 'null', '\ud800', '\u202e', 'x'.repeat(5_000), 'İ', '😀'),
);

/** Any JSON, including properties with inherited names. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyText,
    fc.constantFrom(null, true, false, 0, -1, 1e308, 9e15, Number.MIN_VALUE),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.oneof(anyText, fc.constantFrom('__proto__', 'toString', 'sub', 'kid')), tie('value'), {
      maxKeys: 5,
    }),
  ),
})).value;

/** An object in which some properties are valid, some are arbitrary, and some are missing. */
export function nearly(good: Readonly<Record<string, unknown>>): fc.Arbitrary<Record<string, unknown>> {
  const members = Object.entries(good).map(
    ([name, value]) => [name, fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, anyJson)] as const,
  );
  return fc
    .tuple(
      fc.record(Object.fromEntries(members), { requiredKeys: [] }),
      fc.dictionary(anyText, anyJson, { maxKeys: 3 }),
    )
    .map(([known, unknown]) => ({ ...unknown, ...known }));
}

/** The value after a JSON round trip: plain data with own properties, whatever their names. */
export function sent<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value) ?? 'null');
}

/** Dotted quads and IPv6 addresses that are not public. */
export const privateAddress =
  /^(?:(?:0|10|127|22[4-9]|23\d|24\d|25[0-5])\.\d+|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.\d+\.\d+$|^\[(?:::1?\]|f[cdef]|fe[89a-f])/;
