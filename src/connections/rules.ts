import { signatureAlgorithms, type SignatureAlgorithm } from '../contract/algorithms.ts';
import { connectionOptionDefaults, connectionOptionNames } from '../contract/connection-option-defaults.ts';
import type { ConnectionOptions } from '../contract/connection-options.ts';
import { clientSecretMask, type ConfigurationType } from '../contract/oidc-config.ts';
import { isCleanText } from '../contract/text.ts';
import { checkOptions, tidyOptions } from './check-options.ts';
import { parseAllowedEmailDomains } from './email-domains.ts';

/** All settings of a connection. */
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
  /** The options that a request set to their default explicitly. Not a field of the API. */
  readonly chosenDefaults: readonly (keyof ConnectionOptions)[];
}

export interface FieldIssue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** The default of a field that a request to create omits. */
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

/** Settings that passed the rules between fields, with their domains in canonical form. */
export type CheckedSettings = { ok: true; settings: OidcSettings } | { ok: false; issues: readonly FieldIssue[] };

/**
 * Checks complete settings: the fields that the type requires, the domains, the options. Every fault is an issue of its
 * own.
 */
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

// The client secret is the key of HS256. Without a secret, a signature with an empty key would verify (RFC 7518,
// section 3.2).
function algorithmFaults(settings: OidcSettings): FieldIssue[] {
  if (!isPublicClient(settings)) return [];
  const message = 'must not be HS256 when tokenEndpointAuthMethod is "none", because the client secret is its key';
  const fields = ['jwtSignatureAlgorithm', 'userinfoSignedResponseAlg'] as const;
  return fields.flatMap((path) => (settings[path] === 'HS256' ? [{ path, code: 'conflict', message }] : []));
}

// Some providers have no userinfo endpoint. An admin who sets that it is never called need not enter one.
function isUnused(field: (typeof urlFields)[number], { userinfo }: OidcSettings): boolean {
  return field === 'userinfoEndpoint' && userinfo === 'never';
}

/**
 * Checks the syntax of a URL field: absolute, http or https, without user information and fragment. An issuer must not
 * have a query (OpenID Connect Discovery, section 3). `undefined` if it is valid.
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

/**
 * The fields that determine where the client secret is sent. A change of one of them could send it to another server.
 */
const secretDestinations = ['configurationType', 'issuer', 'tokenEndpoint', 'discoveryURL'] as const;

/** Whether a change sends the stored client secret to another destination than the one it was entered for. */
export function movesSecret(before: OidcSettings, after: OidcSettings): boolean {
  return secretDestinations.some((field) => before[field] !== after[field]);
}

/** Whether a client authenticates with a key pair. */
export function usesClientKey({ tokenEndpointAuthMethod }: Pick<OidcSettings, 'tokenEndpointAuthMethod'>): boolean {
  return tokenEndpointAuthMethod === 'private_key_jwt';
}

/** Whether a client is public: it has no secret and no key, and does not authenticate (RFC 6749, section 2.1). */
export function isPublicClient({ tokenEndpointAuthMethod }: Pick<OidcSettings, 'tokenEndpointAuthMethod'>): boolean {
  return tokenEndpointAuthMethod === 'none';
}

/** Whether a client secret is used: to authenticate the client, or to verify the provider's signatures. */
export function needsSecret(
  settings: Pick<OidcSettings, 'tokenEndpointAuthMethod' | 'jwtSignatureAlgorithm' | 'userinfoSignedResponseAlg'>,
): boolean {
  if (isPublicClient(settings)) return false;
  const { jwtSignatureAlgorithm, userinfoSignedResponseAlg } = settings;
  return !usesClientKey(settings) || jwtSignatureAlgorithm === 'HS256' || userinfoSignedResponseAlg === 'HS256';
}

/** The secret in a PATCH. The mask from a GET means that it stays unchanged. */
export function newSecretOf(clientSecret: string | undefined): string | undefined {
  return clientSecret === clientSecretMask ? undefined : clientSecret;
}

/** Options that cannot make a sign-in fail. */
const harmlessOptions: readonly string[] = ['firstNameClaim', 'lastNameClaim', 'groupNameMatching'];

/** Fields whose change invalidates the proof of earlier sign-ins. */
const provingFields: readonly (keyof OidcSettings)[] = [
  ...secretDestinations,
  'authorizationEndpoint',
  'jwksUri',
  'userinfoEndpoint',
  'clientId',
  'jwtSignatureAlgorithm',
  ...connectionOptionNames.filter((name) => !harmlessOptions.includes(name)),
];

/** Whether sign-ins must be proved again after a change. */
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

// Lists and objects are new objects at each read, so they are compared by content.
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * The associated data of an encrypted client secret. It can be decrypted only for this organization and this
 * destination.
 */
export function secretPurpose(organizationId: string, settings: Destination): string {
  return `oidc-client-secret:${destinationOf(organizationId, settings)}`;
}

/** The associated data of a client's private key: its destination, like a secret's, and its own row. */
export function clientKeyPurpose(keyId: string, destination: string): string {
  return `oidc-client-key:${JSON.stringify([keyId, destination])}`;
}

type Destination = Pick<OidcSettings, (typeof secretDestinations)[number]>;

/** The destination of the client's credentials. */
export function destinationOf(organizationId: string, settings: Destination): string {
  return JSON.stringify([organizationId, ...secretDestinations.map((field) => settings[field])]);
}
