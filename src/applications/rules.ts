import type { ApplicationKind } from '../contract/applications.ts';
import { appError } from '../contract/errors.ts';
import type { Issue } from '../contract/error-meta.ts';
import { type ApplicationSettings, isPublic } from './application.ts';
import { findPublicKeyFault } from './public-key-rules.ts';
import { findHttpsUriFault, findRedirectUriFault, findResourceFault, type UriFault } from './redirect-uri-rules.ts';

/** An application whose settings are checked. */
export interface Checked {
  readonly kind: ApplicationKind;
  /** Whether an organization owns it, and not the operator. */
  readonly isOfOrganization: boolean;
  readonly settings: ApplicationSettings;
}

/**
 * Rejects settings that contradict each other or the kind of the application. A change must result in settings that a new
 * application could have.
 *
 * @param site the web origin of this server.
 * @throws `validation_failed`, with every fault.
 */
export function requireValid(checked: Checked, site: string): void {
  const issues = [
    ...findUriIssues(checked, site),
    ...findClientAuthenticationIssues(checked),
    ...findGrantIssues(checked),
    ...findReachIssues(checked),
  ];
  if (issues.length > 0) throw appError('validation_failed', { meta: { issues } });
}

function findUriIssues({ kind, settings }: Checked, site: string): Issue[] {
  const redirect = (text: string) => findRedirectUriFault(kind, text);
  const missing =
    kind === 'machine' || settings.redirectUris.length > 0
      ? []
      : [{ path: 'redirectUris', code: 'required', message: 'must contain at least one redirect URI' }];
  const machineLogout =
    kind === 'machine' && settings.backchannelLogoutUri !== null
      ? [{ path: 'backchannelLogoutUri', code: 'kind', message: 'must be absent, because a machine has no users' }]
      : [];
  return [
    ...missing,
    ...machineLogout,
    ...issuesOfList('redirectUris', settings.redirectUris, redirect),
    ...issuesOfList('postLogoutRedirectUris', settings.postLogoutRedirectUris, redirect),
    ...issuesOfUri('backchannelLogoutUri', settings.backchannelLogoutUri),
    ...issuesOfUri('initiateLoginUri', settings.initiateLoginUri),
    ...issuesOfUri('jwksUri', settings.jwksUri),
    ...issuesOfList('resources', settings.resources, (text) => findResourceFault(text, site)),
  ];
}

function issuesOfUri(path: string, text: string | null): Issue[] {
  const fault = text === null ? undefined : findHttpsUriFault(text);
  return fault === undefined ? [] : [{ path, ...fault }];
}

function issuesOfList(path: string, texts: readonly string[], check: (text: string) => UriFault | undefined): Issue[] {
  return texts.flatMap((text, index) => {
    const fault = check(text);
    if (fault !== undefined) return [{ path: `${path}.${index}`, ...fault }];
    const isRepeated = texts.indexOf(text) !== index;
    return isRepeated ? [{ path: `${path}.${index}`, code: 'repeated', message: 'must not be listed twice' }] : [];
  });
}

function findClientAuthenticationIssues({ kind, settings }: Checked): Issue[] {
  const { tokenEndpointAuthMethod: method, jwks, jwksUri } = settings;
  const path = 'tokenEndpointAuthMethod';
  if (isPublic(kind) !== (method === 'none')) {
    const message = isPublic(kind)
      ? `must be none, because an application of the kind ${kind} cannot keep a secret`
      : `must not be none, because an application of the kind ${kind} authenticates itself`;
    return [{ path, code: 'kind', message }];
  }
  const keySources = [jwks, jwksUri].filter((source) => source !== null).length;
  if (method === 'private_key_jwt' && keySources !== 1) {
    return [{ path: 'jwks', code: 'required', message: 'or jwksUri must be set for private_key_jwt, and not both' }];
  }
  if (method !== 'private_key_jwt' && keySources > 0) {
    const field = jwks === null ? 'jwksUri' : 'jwks';
    return [{ path: field, code: 'unused', message: `must be absent unless ${path} is private_key_jwt` }];
  }
  return (jwks?.keys ?? []).flatMap((key, index) => {
    const message = findPublicKeyFault(key);
    return message === undefined ? [] : [{ path: `jwks.keys.${index}`, code: 'key', message }];
  });
}

function findGrantIssues({ kind, settings }: Checked): Issue[] {
  const pkce = settings.pkce === 'optional' && kind !== 'web';
  const device = settings.deviceGrant && (kind === 'machine' || kind === 'spa');
  return [
    ...(pkce ? [{ path: 'pkce', code: 'kind', message: 'can be optional only for the kind web' }] : []),
    ...(device ? [{ path: 'deviceGrant', code: 'kind', message: 'is only for the kinds native and web' }] : []),
  ];
}

function findReachIssues({ isOfOrganization, settings }: Checked): Issue[] {
  const { organizations, organizationIds } = settings;
  if (isOfOrganization && organizations === 'listed') {
    const message = 'must be all for an application of an organization, which admits only its own members';
    return [{ path: 'organizations', code: 'owner', message }];
  }
  return organizations === 'all' && organizationIds.length > 0
    ? [{ path: 'organizationIds', code: 'unused', message: 'must be empty unless organizations is listed' }]
    : [];
}

/** The names of the settings that differ. */
export function changedSettings(before: ApplicationSettings, after: ApplicationSettings): string[] {
  const previous = new Map(Object.entries(before).map(([name, value]) => [name, JSON.stringify(value)]));
  return Object.entries(after)
    .filter(([name, value]) => previous.get(name) !== JSON.stringify(value))
    .map(([name]) => name);
}
