import { signatureAlgorithms } from './algorithms.ts';

export const groupsSources = ['automatic', 'id_token', 'userinfo', 'userinfo_first'] as const;

/** The meaning of a missing groups claim. */
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

/** The client authentication methods (OpenID Connect Core, section 9). The first is the default. */
export const tokenEndpointAuthMethods = [
  'automatic',
  'client_secret_basic',
  'client_secret_basic_raw',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'none',
] as const;

/**
 * The algorithm of a client assertion for `private_key_jwt`. `automatic` is RS256, unless the provider is known to
 * require another.
 */
export const clientAssertionAlgorithms = ['automatic', 'RS256', 'PS256'] as const;

/**
 * How the header of a client assertion identifies its key (RFC 7515, section 4.1). `automatic` is `kid`, with the same
 * exception.
 */
export const clientAssertionKeyNames = ['automatic', 'kid', 'x5t#S256', 'x5t'] as const;

/** The audience of a client assertion. `automatic` is the issuer, with the same exception. */
export const clientAssertionAudiences = ['automatic', 'issuer', 'token-endpoint'] as const;

/** The algorithms of userinfo responses. The first is the default. */
export const userinfoAlgorithms = ['automatic', ...signatureAlgorithms] as const;

export const userinfoUses = ['when-needed', 'always', 'never'] as const;

/** The values of `prompt`, alone or combined (OpenID Connect Core, section 3.1.2.1). */
export const promptValues = ['login', 'select_account', 'consent'] as const;
