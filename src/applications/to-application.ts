import type { Application as ApplicationBody, ApplicationSecret } from '../contract/applications.ts';
import type { Application, StoredSecret } from './application.ts';
import { settingsOf } from './merge-settings.ts';

/** An application as the API shows it. A URI or key that is not set is left out. */
export function toApplication(application: Application, secrets: readonly StoredSecret[]): ApplicationBody {
  const { backchannelLogoutUri, initiateLoginUri, jwksUri, jwks, ...settings } = settingsOf(application);
  const { id, clientId, organizationId, kind, createdAtMs, updatedAtMs } = application;
  return {
    id,
    clientId,
    ...(organizationId === null ? {} : { organizationId }),
    kind,
    ...settings,
    redirectUris: [...settings.redirectUris],
    postLogoutRedirectUris: [...settings.postLogoutRedirectUris],
    organizationIds: [...settings.organizationIds],
    groups: settings.groups === null ? null : [...settings.groups],
    resources: [...settings.resources],
    ...(backchannelLogoutUri === null ? {} : { backchannelLogoutUri }),
    ...(initiateLoginUri === null ? {} : { initiateLoginUri }),
    ...(jwksUri === null ? {} : { jwksUri }),
    ...(jwks === null ? {} : { jwks: { keys: jwks.keys.map((key) => ({ ...key })) } }),
    secrets: secrets.map(toApplicationSecret),
    createdAt: new Date(createdAtMs).toISOString(),
    updatedAt: new Date(updatedAtMs).toISOString(),
  };
}

/** A client secret as the API shows it after its creation. */
export function toApplicationSecret({ id, lastFour, createdAtMs, expiresAtMs }: StoredSecret): ApplicationSecret {
  return {
    id,
    lastFour,
    createdAt: new Date(createdAtMs).toISOString(),
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
  };
}
