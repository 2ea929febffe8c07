import type { ConnectionOptions } from './connection-options.ts';
import { clockToleranceSecondsDefault } from './limits.ts';

/** The default of an option: the sign-in follows the standard. */
export const connectionOptionDefaults: ConnectionOptions = {
  scopes: [],
  additionalScopes: [],
  emailClaims: [],
  firstNameClaim: '',
  lastNameClaim: '',
  groupsClaim: '',
  groupsSource: 'automatic',
  groupsFormat: 'automatic',
  groupsDelimiter: '',
  absentGroupsClaim: 'unknown',
  groupNameMatching: 'exact',
  tokenEndpointAuthMethod: 'automatic',
  clientAssertionAlgorithm: 'automatic',
  clientAssertionKeyName: 'automatic',
  clientAssertionAudience: 'automatic',
  prompt: '',
  maxAgeSeconds: -1,
  acrValues: [],
  authorizationParameters: {},
  clockToleranceSeconds: clockToleranceSecondsDefault,
  userinfo: 'when-needed',
  userinfoSignedResponseAlg: 'automatic',
  trustedAudiences: [],
  requiredClaims: {},
};

/** The names of all options. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the constant has these keys and no others
export const connectionOptionNames = Object.keys(connectionOptionDefaults) as (keyof ConnectionOptions)[];
