/** Texts by code. A text with parameters is a function of them. */
type Texts = Readonly<Record<string, string | ((parameters: never) => string)>>;

/**
 * The text of a code, with its parameters filled in. A code without a text comes from a newer version and is its own
 * text, so that an older server can still show what a newer one stored.
 */
export function fill(texts: Texts, coded: { readonly code: PropertyKey }): string {
  const code = String(coded.code);
  const text = Object.hasOwn(texts, code) ? texts[code] : undefined;
  if (text === undefined) return code;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the types of the callers pair codes and parameters
  return typeof text === 'function' ? text(coded as never) : text;
}
