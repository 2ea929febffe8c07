import { type Catalogue, catalogues, type Language } from './catalogue.ts';
import { fill } from './fill.ts';

type Template = (parameters: never) => string;

/** The sections of the catalogue whose texts are strings. */
type Section = {
  [Name in keyof Catalogue]: Catalogue[Name] extends Readonly<Record<string, string | Template>> ? Name : never;
}[keyof Catalogue];

type CodesOf<Texts, Text> = { [Code in keyof Texts]: Texts[Code] extends Text ? Code : never }[keyof Texts];
type ParametersOf<Text> = Text extends (parameters: infer Parameters) => string ? Parameters : never;
type Parameterized<Texts> = {
  [Code in CodesOf<Texts, Template>]: { readonly code: Code } & ParametersOf<Texts[Code]>;
};

/** A code of a section, with the parameters that its text needs. */
type Coded<Texts> = { readonly code: CodesOf<Texts, string> } | Parameterized<Texts>[CodesOf<Texts, Template>];

/**
 * The text of a code in a language. A code that this version does not know comes from a newer one and is its own text,
 * so that an older server can still show what a newer one stored.
 */
export function textOf<Name extends Section>(language: Language, section: Name, coded: Coded<Catalogue[Name]>): string {
  return fill(catalogues[language][section], coded);
}

/** The public text of an error. Until there is a second language, every caller gets English. */
export function errorText(code: keyof Catalogue['errors'], language: Language = 'en'): string {
  return textOf(language, 'errors', { code });
}
