import { signatureAlgorithms } from './algorithms.ts';

export const groupsSources = ['automatic', 'id_token', 'userinfo', 'userinfo_first'] as const;

/** What it means that a provider sends no groups claim. */
export const absentGroupsMeanings = ['unknown', 'empty'] as const;

export const groupsFormats = [
  'automatic',
  'delimited',
  'object-keys',
  'distinguished-names',
  'bracketed',
  'json',
] as const;

export const groupNameMatchings = ['exact', 'case-insensitive'] as const;
export type GroupNameMatching = (typeof groupNameMatchings)[number];

/** How a client proves itself at the token endpoint (OpenID Connect Core, section 9); the first is the default. */
export const tokenEndpointAuthMethods = [
  'automatic',
  'client_secret_basic',
  'client_secret_basic_raw',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'none',
] as const;

/** What signs a client assertion of `private_key_jwt`. `automatic` is RS256 unless the provider is known to want another. */
export const clientAssertionAlgorithms = ['automatic', 'RS256', 'PS256'] as const;

/** How the header of a client assertion names its key (RFC 7515, section 4.1). `automatic` is `kid`, likewise. */
export const clientAssertionKeyNames = ['automatic', 'kid', 'x5t#S256', 'x5t'] as const;

/** The audience of a client assertion. `automatic` is the issuer, likewise. */
export const clientAssertionAudiences = ['automatic', 'issuer', 'token-endpoint'] as const;

/** What userinfo is signed with; the first is the default. */
export const userinfoAlgorithms = ['automatic', ...signatureAlgorithms] as const;

export const userinfoUses = ['when-needed', 'always', 'never'] as const;

/** What `prompt` may ask for, alone or together (OpenID Connect Core, section 3.1.2.1). */
export const promptValues = ['login', 'select_account', 'consent'] as const;
