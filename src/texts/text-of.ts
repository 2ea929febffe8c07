import { type Catalogue, catalogues, type Language } from './catalogue.ts';

/** The part of the catalogue that a code is looked up in. */
type Section = keyof Catalogue;

/** A code with the parameters that its text needs. */
type Coded<Texts> =
  | { readonly code: CodesOf<Texts, string> }
  | { [Code in CodesOf<Texts, Template>]: { readonly code: Code } & ParametersOf<Texts[Code]> }[CodesOf<
      Texts,
      Template
    >];

type Template = (parameters: never) => string;
type CodesOf<Texts, Text> = { [Code in keyof Texts]: Texts[Code] extends Text ? Code : never }[keyof Texts];
type ParametersOf<Text> = Text extends (parameters: infer Parameters) => string ? Parameters : never;

/**
 * The text of a code in a language. A code that this version does not know comes from a newer one and is its own text,
 * so that an older server can still show what a newer one stored.
 */
function textOf<Name extends Section>(language: Language, section: Name, coded: Coded<Catalogue[Name]>): string {
  type Parameters = Coded<Catalogue[Name]>;
  const texts: Readonly<Record<string, string | ((parameters: Parameters) => string)>> = catalogues[language][section];
  const code = String(coded.code);
  const text = Object.hasOwn(texts, code) ? texts[code] : undefined;
  if (text === undefined) return code;
  return typeof text === 'function' ? text(coded) : text;
}

/** The public text of an error. Until there is a second language, every caller gets English. */
export function errorText(code: keyof Catalogue['errors'], language: Language = 'en'): string {
  return textOf(language, 'errors', { code });
}
