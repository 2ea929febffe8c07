import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startTestServer, type TestServer } from '../support/server.ts';

/** The endpoints around the connection in the public API that existing clients use. */
const promised = `
  POST /api/v1/admin/bootstrap
  POST /api/v1/auth/universal-auth/login
  POST /api/v1/auth/token/renew
  POST /api/v1/auth/token/revoke
  POST /api/v1/auth/universal-auth/identities/{identityId}
  GET /api/v1/auth/universal-auth/identities/{identityId}
  PATCH /api/v1/auth/universal-auth/identities/{identityId}
  DELETE /api/v1/auth/universal-auth/identities/{identityId}
  POST /api/v1/auth/universal-auth/identities/{identityId}/client-secrets
  GET /api/v1/auth/universal-auth/identities/{identityId}/client-secrets
  POST /api/v1/auth/universal-auth/identities/{identityId}/client-secrets/{clientSecretId}/revoke
  POST /api/v1/identities
  GET /api/v1/identities
  GET /api/v1/identities/{identityId}
  PATCH /api/v1/identities/{identityId}
  DELETE /api/v1/identities/{identityId}
  GET /api/v1/identities/details
  GET /api/v1/organization
  GET /api/v1/organization/{organizationId}
  PATCH /api/v1/organization/{organizationId}
  POST /api/v2/organizations
  GET /api/v2/organizations/{organizationId}/memberships
  PATCH /api/v2/organizations/{organizationId}/memberships/{membershipId}
  DELETE /api/v2/organizations/{organizationId}/memberships/{membershipId}
  DELETE /api/v2/organizations/{organizationId}/memberships
  POST /api/v1/groups
  GET /api/v1/groups
  GET /api/v1/groups/{id}
  PATCH /api/v1/groups/{id}
  DELETE /api/v1/groups/{id}
  GET /api/v1/groups/{id}/users
  POST /api/v1/groups/{id}/users/{username}
  DELETE /api/v1/groups/{id}/users/{username}
  POST /api/v1/email-domains
  GET /api/v1/email-domains
  POST /api/v1/email-domains/{id}/verify
  DELETE /api/v1/email-domains/{id}
  GET /api/v1/organization/audit-logs
  POST /api/v3/auth/select-organization
  POST /api/v1/auth/token
  POST /api/v1/auth/checkAuth
  POST /api/v1/auth/logout
  GET /api/v2/users/me
  GET /api/v2/users/me/organizations
  GET /api/v2/users/me/sessions
  DELETE /api/v2/users/me/sessions
  GET /api/status
  GET /api/ready
  GET /.well-known/jwks.json
`
  .trim()
  .split(/\n\s*/u);

describe('the endpoints around a connection', () => {
  let server: TestServer;
  let documented: readonly string[];

  beforeAll(async () => {
    server = await startTestServer({ engine: 'sqlite' });
    const { body } = await server.call('/api/docs/json');
    documented = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
  });
  afterAll(() => server.close());

  it.each(promised)('%s is documented, with the schema of its response', async (endpoint) => {
    expect(documented).toContain(endpoint);
    const [method = '', path = ''] = endpoint.split(' ');
    const { body } = await server.call('/api/docs/json');
    expect(Object.keys(body.paths[path][method.toLowerCase()].responses)).toContain('200');
  });

  it.each(promised)('%s exists', async (endpoint) => {
    const [method = '', path = ''] = endpoint.split(' ');
    const { body } = await server.call(path.replaceAll(/\{\w+\}/gu, 'x'), {
      method,
      ...(method === 'GET' || method === 'DELETE' ? {} : { json: {} }),
    });
    expect(['route_not_found', 'method_not_allowed']).not.toContain(body?.code);
  });
});
