/**
 * The options of a connection that a profile may have an opinion on; what they mean stands where they are stored.
 * Several hold names of claims, which are literal.
 */
export interface AdvisableOptions {
  readonly additionalScopes: readonly string[];
  readonly emailClaims: readonly string[];
  readonly firstNameClaim: string;
  readonly lastNameClaim: string;
  readonly groupsClaim: string;
  readonly groupsSource: 'automatic' | 'id_token' | 'userinfo';
  readonly groupsFormat: 'automatic' | 'delimited' | 'object-keys' | 'distinguished-names';
  readonly groupsDelimiter: string;
  readonly groupNameMatching: 'exact' | 'case-insensitive';
  readonly tokenEndpointAuthMethod: string;
  readonly prompt: string;
  readonly maxAgeSeconds: number;
  readonly acrValues: readonly string[];
  readonly clockToleranceSeconds: number;
  readonly userinfo: 'when-needed' | 'always' | 'never';
  readonly trustedAudiences: readonly string[];
  readonly requiredClaims: Readonly<Record<string, string | boolean>>;
}

/**
 * The options that a profile may fill in by itself. Each only asks the provider for more, or says where in its answer
 * something stands. None decides whom to believe, so none of the others may ever be added here.
 */
export type AppliedOptionName =
  | 'additionalScopes'
  | 'emailClaims'
  | 'firstNameClaim'
  | 'lastNameClaim'
  | 'groupsClaim'
  | 'groupsSource'
  | 'groupsFormat'
  | 'groupsDelimiter'
  | 'userinfo';
