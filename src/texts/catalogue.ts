import type { FactCode } from '../contract/attempt-facts.ts';
import { attempts } from './en/attempts.ts';
import { auditReasons } from './en/audit-reasons.ts';
import { errors } from './en/errors.ts';
import { explanations } from './en/explanations.ts';
import { facts } from './en/facts.ts';
import { providerErrors } from './en/provider-errors.ts';

const en = { errors, facts, explanations, providerErrors, auditReasons, ...attempts } as const;

/** What an error of an identity provider means. */
export type ProviderErrorCode = keyof typeof providerErrors;

/** A section in another language: the same codes, with texts of the same parameters. */
type Translated<Section> = {
  readonly [Code in keyof Section]: Section[Code] extends string
    ? string
    : Section[Code] extends (parameters: never) => unknown
      ? Section[Code]
      : Translated<Section[Code]>;
};

/** Every text of one language. English has all codes, so another language does not compile while it lacks one. */
export type Catalogue = { readonly [Name in keyof typeof en]: Translated<(typeof en)[Name]> };

/** The languages that texts can be made in. */
export type Language = 'en';

export const catalogues: Readonly<Record<Language, Catalogue>> = { en };

/** Whether a text is the code of a fact. */
export function isFactCode(text: string): text is FactCode {
  return Object.hasOwn(en.facts, text);
}

/** The text of a reason in an audit entry; `undefined` if this version does not know the reason. */
export function auditReasonText(reason: unknown, language: Language = 'en'): string | undefined {
  const texts: Readonly<Record<string, string>> = catalogues[language].auditReasons;
  return typeof reason === 'string' && Object.hasOwn(texts, reason) ? texts[reason] : undefined;
}
