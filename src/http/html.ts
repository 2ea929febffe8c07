// The key is known to this file alone, so markup cannot be forged: not by a cast, not by an object that was parsed from JSON.
const markup = Symbol('markup');

/** Markup that is safe to send: every value in it was escaped, or was such markup itself. */
export interface Html {
  readonly [markup]: string;
}

/** What may stand in a template. A list is joined; `undefined` and `false` leave nothing behind. */
export type HtmlValue = string | number | Html | readonly Html[] | undefined | false;

const replacements: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/**
 * A template tag: what stands in the source is markup, and every value is text that is escaped, unless it was made by
 * this tag. Values may stand between tags and in quoted attributes; nowhere else is this escaping enough.
 *
 * @throws {TypeError} for a value that is none of {@link HtmlValue}, whatever its type claimed.
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

// A lone surrogate has no UTF-8 form; it is replaced here rather than by whatever encodes the page.
function escapeText(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/g, (character) => replacements.get(character) ?? '');
}
