/** What an authorization request asks of the authentication (OpenID Connect Core 1.0, section 3.1.2.1). */
export interface AuthenticationWanted {
  /** `prompt=login`. */
  readonly signsInAgain: boolean;
  /** `prompt=select_account`. */
  readonly selectsAccount: boolean;
  /** `prompt=none`. */
  readonly isSilent: boolean;
  readonly maxAgeSeconds: number | undefined;
  readonly acrValues: readonly string[];
}

/** The parts of an authorization request that decide which organization and session it is about. */
export interface AuthorizationRequest {
  readonly clientId: string | undefined;
  /** The slug or id of the organization that the request names. */
  readonly organization: string | undefined;
  readonly loginHint: string | undefined;
  readonly domainHint: string | undefined;
  readonly wanted: AuthenticationWanted;
  /** Why no session may be used: the request contradicts itself. */
  readonly fault: 'organization_repeated' | 'organizations_differ' | undefined;
}

const organizationScope = 'organization:';

/**
 * Reads the parameters that are this server's own or that it answers itself. The library checks all others, and rejects
 * those that are sent twice.
 */
export function readAuthorizationRequest(params: URLSearchParams): AuthorizationRequest {
  const only = (name: string) => {
    const values = params.getAll(name);
    return values.length === 1 && values[0] !== '' ? values[0] : undefined;
  };
  const scopes = (params.get('scope') ?? '').split(' ');
  const ofScopes = scopes
    .filter((scope) => scope.startsWith(organizationScope))
    .map((scope) => scope.slice(organizationScope.length));
  const named = [...new Set([...params.getAll('organization'), ...ofScopes])].filter((name) => name !== '');
  const prompts = (params.get('prompt') ?? '').split(' ');
  return {
    clientId: only('client_id'),
    organization: named[0],
    loginHint: only('login_hint'),
    domainHint: only('domain_hint'),
    wanted: {
      signsInAgain: prompts.includes('login'),
      selectsAccount: prompts.includes('select_account'),
      isSilent: prompts.includes('none'),
      maxAgeSeconds: secondsOf(only('max_age')),
      acrValues: (only('acr_values') ?? '').split(' ').filter((value) => value !== ''),
    },
    fault: faultOf(params, named),
  };
}

function faultOf(params: URLSearchParams, named: readonly string[]): AuthorizationRequest['fault'] {
  if (params.getAll('organization').length > 1) return 'organization_repeated';
  return named.length > 1 ? 'organizations_differ' : undefined;
}

function secondsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
