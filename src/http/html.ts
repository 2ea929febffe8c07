// Only this file has the key, so markup cannot be forged, neither by a cast nor by an object that was parsed from JSON.
const markup = Symbol('markup');

/** Markup that is safe to send: every value in it was escaped, or was such markup. */
export interface Html {
  readonly [markup]: string;
}

/** The values of a template. A list is joined; `undefined` and `false` render nothing. */
export type HtmlValue = string | number | Html | readonly Html[] | undefined | false;

const replacements: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/**
 * A template tag. The template text is markup, and every value is escaped unless this tag made it. Values may be used
 * between tags and in quoted attributes only, because the escaping is not sufficient elsewhere.
 *
 * @throws {TypeError} for a value that is not an {@link HtmlValue}, whatever its declared type.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const text = parts.map((part, index) => (index === 0 ? part : render(values[index - 1]) + part)).join('');
  return { [markup]: text };
}

/** The markup as the text to send. */
export function toMarkup(value: Html): string {
  return value[markup];
}

function render(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  if (isList(value)) return value.map(render).join('');
  if (markup in value) return value[markup];
  throw new TypeError('neither text nor markup');
}

// `Array.isArray` alone does not narrow a readonly array.
function isList(value: Html | readonly Html[]): value is readonly Html[] {
  return Array.isArray(value);
}

// An unpaired surrogate has no UTF-8 form, so it is replaced.
function escapeText(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/g, (character) => replacements.get(character) ?? '');
}
