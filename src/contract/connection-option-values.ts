export const groupsSources = ['automatic', 'id_token', 'userinfo'] as const;

export const groupsFormats = ['automatic', 'delimited', 'object-keys', 'distinguished-names'] as const;

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
] as const;

export const userinfoUses = ['when-needed', 'always', 'never'] as const;

/** What `prompt` may ask for, alone or together (OpenID Connect Core, section 3.1.2.1). */
export const promptValues = ['login', 'select_account', 'consent'] as const;
