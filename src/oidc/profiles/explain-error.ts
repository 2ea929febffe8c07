import { catalogues, type Language, type ProviderErrorCode } from '../../texts/catalogue.ts';
import { screensOfErrors } from './error-screens.ts';
import type { ErrorPattern, Profile, ScreenTopic } from './profile.ts';
import { sharedErrors } from './shared-errors.ts';

/** An error as a provider sent it, to the browser or to the server. */
export interface ProviderError {
  readonly error: string | undefined;
  readonly errorDescription: string | undefined;
  /** How the client authenticated. The default is a secret. */
  readonly proof?: ClientProof;
}

export type ClientProof = 'secret' | 'key' | 'none';

/** The kind of credential that a client authentication method uses. */
export function proofOf(method: unknown): ClientProof {
  if (method === 'private_key_jwt') return 'key';
  return method === 'none' ? 'none' : 'secret';
}

export interface ExplainedError {
  /** What the error means for an admin. */
  readonly meaning: string;
  /** What to do about it. */
  readonly remedy: string;
  /** The topic of the provider's admin console in which the error is usually fixed. */
  readonly screen?: ScreenTopic;
  readonly id: ProviderErrorCode;
  /** The vendor's own number or name for the error. */
  readonly vendorCode: string | undefined;
  /** Where to fix it in this vendor's admin console, if that is known. */
  readonly place: string | undefined;
}

/**
 * Returns what an error means at this kind of provider; `undefined` if that is not known. Anyone who can send the
 * browser here may have written the error, so no decision depends on an explanation.
 */
export function explainError(
  profile: Profile,
  found: ProviderError,
  language: Language = 'en',
): ExplainedError | undefined {
  const meaning = [...profile.errors, ...sharedErrors].find((candidate) => fitsError(candidate, found));
  if (meaning === undefined) {
    return undefined;
  }
  const id = ofProof(meaning.explanation, found.proof);
  const screen = meaning.screen ?? screensOfErrors[id];
  return {
    ...catalogues[language].providerErrors[id],
    ...(screensOfErrors[id] === undefined ? {} : { screen: screensOfErrors[id] }),
    id,
    vendorCode: meaning.vendorCode,
    place: screen === undefined ? undefined : profile.screens[screen],
  };
}

// Profiles explain errors of a client secret, which nearly all connections use.
function ofProof(id: ProviderErrorCode, proof: ClientProof = 'secret'): ProviderErrorCode {
  const isAboutProof = id === 'client_secret_wrong' || id === 'client_authentication_method';
  if (!isAboutProof || proof === 'secret') return id;
  return proof === 'key' ? 'client_key_refused' : 'client_public_refused';
}

/** Whether an error fits a pattern. */
export function fitsError(pattern: ErrorPattern, { error, errorDescription }: ProviderError): boolean {
  const description = (errorDescription ?? '').toLowerCase();
  return (
    (pattern.error === undefined || pattern.error === error) &&
    (pattern.descriptionStart === undefined || startsWithCode(description, pattern.descriptionStart.toLowerCase())) &&
    (pattern.descriptionPart === undefined || description.includes(pattern.descriptionPart.toLowerCase()))
  );
}

// AADSTS50011 is not the beginning of AADSTS500112.
function startsWithCode(description: string, start: string): boolean {
  return description.startsWith(start) && !/^[a-z0-9]/.test(description.slice(start.length));
}
