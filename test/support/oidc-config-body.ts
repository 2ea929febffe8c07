import type { TestServer } from './server.ts';

export const configUrl = '/api/v1/sso/oidc/config';

/** A complete configuration of type `custom`, with every documented field. */
export function customConfig(organizationId: string) {
  return {
    allowedEmailDomains: 'acme.example',
    configurationType: 'custom',
    issuer: 'https://idp.acme.example',
    discoveryURL: '',
    authorizationEndpoint: 'https://idp.acme.example/authorize',
    jwksUri: 'https://idp.acme.example/jwks',
    tokenEndpoint: 'https://idp.acme.example/token',
    userinfoEndpoint: 'https://idp.acme.example/userinfo',
    clientId: 'sallyport',
    clientSecret: 'a client secret that is never shown again',
    isActive: true,
    organizationId,
    manageGroupMemberships: false,
    jwtSignatureAlgorithm: 'RS256',
  };
}

/** The minimum of a configuration of type `discoveryURL`. */
export function discoveryConfig(organizationId: string) {
  return {
    configurationType: 'discoveryURL',
    discoveryURL: 'https://idp.acme.example',
    clientId: 'sallyport',
    clientSecret: 'another client secret',
    isActive: true,
    organizationId,
  };
}

/** The stored row of an organization's connection. */
export async function storedConfig({ database }: TestServer, organizationId: string) {
  return database.db
    .selectFrom('connections')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .executeTakeFirst();
}

/** The types of the events about the connection in an organization's audit trail, in order. */
export async function configEvents({ database }: TestServer, organizationId: string) {
  const rows = await database.db
    .selectFrom('audit_events')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('event_type', 'like', 'oidc-config-%')
    .orderBy('sequence')
    .execute();
  return rows.map((row) => ({
    type: row.event_type,
    actor: row.actor_type,
    metadata: JSON.parse(row.event_metadata) as Record<string, unknown>,
  }));
}
