import { signatureAlgorithms, type SignatureAlgorithm } from '../contract/algorithms.ts';
import { clientSecretMask, type ConfigurationType } from '../contract/oidc-config.ts';
import { isCleanText } from '../contract/text.ts';
import { parseAllowedEmailDomains } from './email-domains.ts';

/** Everything that an admin decides about a configuration, complete. */
export interface OidcSettings {
  readonly configurationType: ConfigurationType;
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly discoveryURL: string;
  readonly jwksUri: string;
  readonly tokenEndpoint: string;
  readonly userinfoEndpoint: string;
  readonly clientId: string;
  readonly isActive: boolean;
  readonly allowedEmailDomains: string;
  readonly manageGroupMemberships: boolean;
  readonly jwtSignatureAlgorithm: SignatureAlgorithm;
}

export interface FieldIssue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** What a field is when a request to create leaves it out. */
export const settingDefaults = {
  issuer: '',
  authorizationEndpoint: '',
  discoveryURL: '',
  jwksUri: '',
  tokenEndpoint: '',
  userinfoEndpoint: '',
  allowedEmailDomains: '',
  manageGroupMemberships: false,
  jwtSignatureAlgorithm: signatureAlgorithms[0],
} as const satisfies Partial<OidcSettings>;

/** The fields that hold URLs. */
export const urlFields = [
  'issuer',
  'authorizationEndpoint',
  'discoveryURL',
  'jwksUri',
  'tokenEndpoint',
  'userinfoEndpoint',
] as const;

const neededFields: Readonly<Record<ConfigurationType, readonly (typeof urlFields)[number][]>> = {
  custom: ['issuer', 'authorizationEndpoint', 'jwksUri', 'tokenEndpoint', 'userinfoEndpoint'],
  discoveryURL: ['discoveryURL'],
};

/** Settings that passed the rules between fields, their domains in the stored spelling. */
export type CheckedSettings = { ok: true; settings: OidcSettings } | { ok: false; issues: readonly FieldIssue[] };

/** Checks complete settings: the fields that the type needs, and the domains. Every fault is its own issue. */
export function checkSettings(settings: OidcSettings): CheckedSettings {
  const missing = neededFields[settings.configurationType]
    .filter((field) => settings[field] === '')
    .map((path) => ({
      path,
      code: 'required',
      message: `is required when configurationType is ${settings.configurationType}`,
    }));
  const domains = parseAllowedEmailDomains(settings.allowedEmailDomains);
  const issues = domains.ok
    ? missing
    : [...missing, { path: 'allowedEmailDomains', code: 'domain', message: domains.problem }];
  return issues.length > 0 || !domains.ok
    ? { ok: false, issues }
    : { ok: true, settings: { ...settings, allowedEmailDomains: domains.items.join(', ') } };
}

/**
 * The syntax of a URL field, before any policy: absolute, http or https, without user information and fragment. An
 * issuer has no query besides (OpenID Connect Discovery, section 3). `undefined` when nothing is wrong.
 */
export function findUrlFault(field: (typeof urlFields)[number], text: string): FieldIssue | undefined {
  const problem = (message: string): FieldIssue => ({ path: field, code: 'url', message });
  const url = isCleanText(text) ? URL.parse(text) : null;
  if (url === null || !/^https?:\/\/[^/\\]/i.test(text)) return problem('must be an absolute https URL');
  if (url.username !== '' || url.password !== '') return problem('must not hold a user name or a password');
  if (text.includes('#')) return problem('must not have a fragment');
  if (text.includes('\\') || text.includes(' ')) return problem('must be an absolute https URL');
  if (field === 'issuer' && text.includes('?')) return problem('must not have a query');
  return undefined;
}

/** Where the client secret is sent: a change of any of these could hand it to somebody else. */
const secretDestinations = ['configurationType', 'issuer', 'tokenEndpoint', 'discoveryURL'] as const;

/** Whether a change sends the stored client secret to another place than the one that it was entered for. */
export function movesSecret(before: OidcSettings, after: OidcSettings): boolean {
  return secretDestinations.some((field) => before[field] !== after[field]);
}

/** The secret that a PATCH brings; the mask that a GET shows means that it brings none. */
export function newSecretOf(clientSecret: string | undefined): string | undefined {
  return clientSecret === clientSecretMask ? undefined : clientSecret;
}

/** Fields whose change makes past sign-ins say nothing about the next one. */
const provingFields = [
  ...secretDestinations,
  'authorizationEndpoint',
  'jwksUri',
  'userinfoEndpoint',
  'clientId',
  'jwtSignatureAlgorithm',
] as const;

/** Whether a change leaves open if sign-ins still work. */
export function unprovesSignIn(before: OidcSettings, after: OidcSettings): boolean {
  return provingFields.some((field) => before[field] !== after[field]);
}

/** The names of the settings that differ. */
export function changedFields(before: OidcSettings, after: OidcSettings): string[] {
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.entries(after).flatMap(([field, value]) => (old.get(field) === value ? [] : [field]));
}

/** What binds a sealed client secret to its place: it opens only for this organization, sent to this destination. */
export function secretPurpose(
  organizationId: string,
  settings: Pick<OidcSettings, (typeof secretDestinations)[number]>,
): string {
  const destination = secretDestinations.map((field) => settings[field]);
  return `oidc-client-secret:${JSON.stringify([organizationId, ...destination])}`;
}
