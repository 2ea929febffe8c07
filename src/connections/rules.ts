import { signatureAlgorithms, type SignatureAlgorithm } from '../contract/algorithms.ts';
import { connectionOptionDefaults, connectionOptionNames } from '../contract/connection-option-defaults.ts';
import type { ConnectionOptions } from '../contract/connection-options.ts';
import { clientSecretMask, type ConfigurationType } from '../contract/oidc-config.ts';
import { isCleanText } from '../contract/text.ts';
import { checkOptions, tidyOptions } from './check-options.ts';
import { parseAllowedEmailDomains } from './email-domains.ts';

/** Everything that an admin decides about a configuration, complete. */
export interface OidcSettings extends ConnectionOptions {
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
  /** The options that were set to their default by naming them. No field of the API. */
  readonly chosenDefaults: readonly (keyof ConnectionOptions)[];
}

export interface FieldIssue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** What a field is when a request to create leaves it out. */
export const settingDefaults = {
  ...connectionOptionDefaults,
  issuer: '',
  authorizationEndpoint: '',
  discoveryURL: '',
  jwksUri: '',
  tokenEndpoint: '',
  userinfoEndpoint: '',
  allowedEmailDomains: '',
  manageGroupMemberships: false,
  jwtSignatureAlgorithm: signatureAlgorithms[0],
  chosenDefaults: [],
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

/** Checks complete settings: the fields that the type needs, the domains, the options. Every fault is its own issue. */
export function checkSettings(settings: OidcSettings): CheckedSettings {
  const missing = neededFields[settings.configurationType]
    .filter((field) => settings[field] === '' && !isUnused(field, settings))
    .map((path) => ({
      path,
      code: 'required',
      message: `is required when configurationType is ${settings.configurationType}`,
    }));
  const domains = parseAllowedEmailDomains(settings.allowedEmailDomains);
  const domainIssues = domains.ok ? [] : [{ path: 'allowedEmailDomains', code: 'domain', message: domains.problem }];
  const issues = [...missing, ...domainIssues, ...algorithmFaults(settings), ...checkOptions(settings)];
  return issues.length > 0 || !domains.ok
    ? { ok: false, issues }
    : { ok: true, settings: { ...tidyOptions(settings), allowedEmailDomains: domains.items.join(', ') } };
}

// The secret is the key of HS256, so with a client that has none an empty key would verify (RFC 7518, section 3.2).
function algorithmFaults(settings: OidcSettings): FieldIssue[] {
  if (!isPublicClient(settings)) return [];
  const message = 'must not be HS256 when tokenEndpointAuthMethod is none, because the client secret is its key';
  const fields = ['jwtSignatureAlgorithm', 'userinfoSignedResponseAlg'] as const;
  return fields.flatMap((path) => (settings[path] === 'HS256' ? [{ path, code: 'conflict', message }] : []));
}

// Providers exist without a userinfo endpoint. An admin who says that it is never requested need not invent one.
function isUnused(field: (typeof urlFields)[number], { userinfo }: OidcSettings): boolean {
  return field === 'userinfoEndpoint' && userinfo === 'never';
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

/** Whether a client authenticates with a key pair of its own. */
export function usesClientKey({ tokenEndpointAuthMethod }: Pick<OidcSettings, 'tokenEndpointAuthMethod'>): boolean {
  return tokenEndpointAuthMethod === 'private_key_jwt';
}

/** Whether a client is public: it has no secret and no key, and does not authenticate (RFC 6749, section 2.1). */
export function isPublicClient({ tokenEndpointAuthMethod }: Pick<OidcSettings, 'tokenEndpointAuthMethod'>): boolean {
  return tokenEndpointAuthMethod === 'none';
}

/** Whether anything is done with a client secret: it authenticates the client, or it verifies what the provider signs. */
export function needsSecret(
  settings: Pick<OidcSettings, 'tokenEndpointAuthMethod' | 'jwtSignatureAlgorithm' | 'userinfoSignedResponseAlg'>,
): boolean {
  if (isPublicClient(settings)) return false;
  const { jwtSignatureAlgorithm, userinfoSignedResponseAlg } = settings;
  return !usesClientKey(settings) || jwtSignatureAlgorithm === 'HS256' || userinfoSignedResponseAlg === 'HS256';
}

/** The secret that a PATCH brings; the mask that a GET shows means that it brings none. */
export function newSecretOf(clientSecret: string | undefined): string | undefined {
  return clientSecret === clientSecretMask ? undefined : clientSecret;
}

/** Options that no sign-in fails for. */
const harmlessOptions: readonly string[] = ['firstNameClaim', 'lastNameClaim', 'groupNameMatching'];

/** Fields whose change makes past sign-ins say nothing about the next one. */
const provingFields: readonly (keyof OidcSettings)[] = [
  ...secretDestinations,
  'authorizationEndpoint',
  'jwksUri',
  'userinfoEndpoint',
  'clientId',
  'jwtSignatureAlgorithm',
  ...connectionOptionNames.filter((name) => !harmlessOptions.includes(name)),
];

/** Whether a change leaves open if sign-ins still work. */
export function unprovesSignIn(before: OidcSettings, after: OidcSettings): boolean {
  return provingFields.some((field) => !isSame(before[field], after[field]));
}

/** The names of the settings that differ. */
export function changedFields(before: OidcSettings, after: OidcSettings): string[] {
  const old = new Map<string, unknown>(Object.entries(before));
  const chosen = after.chosenDefaults.filter((name) => !before.chosenDefaults.includes(name));
  const differing = Object.entries(after).flatMap(([field, value]) =>
    field === 'chosenDefaults' || isSame(old.get(field), value) ? [] : [field],
  );
  return [...new Set([...differing, ...chosen])];
}

// Lists and objects are made anew each time they are read.
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What binds a sealed client secret to its place: it opens only for this organization, sent to this destination. */
export function secretPurpose(organizationId: string, settings: Destination): string {
  return `oidc-client-secret:${destinationOf(organizationId, settings)}`;
}

/** What binds the private half of a client's key to its place, like a secret, and to its own row. */
export function clientKeyPurpose(keyId: string, destination: string): string {
  return `oidc-client-key:${JSON.stringify([keyId, destination])}`;
}

type Destination = Pick<OidcSettings, (typeof secretDestinations)[number]>;

/** The place that what proves the client goes to. */
export function destinationOf(organizationId: string, settings: Destination): string {
  return JSON.stringify([organizationId, ...secretDestinations.map((field) => settings[field])]);
}
