import { beforeEach, describe, expect, it } from 'vitest';

import type { Schema } from '../../src/storage/schema/schema.ts';
import { addOrganization } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { configUrl, customConfig, storedConfig } from '../support/oidc-config-body.ts';
import { useServer } from '../support/server.ts';

const tables: readonly (keyof Schema)[] = [
  'server_state',
  'data_keys',
  'data_key_seals',
  'signing_keys',
  'organizations',
  'users',
  'machine_identities',
  'machine_tokens',
  'connections',
  'sessions',
  'login_attempts',
  'audit_events',
];

describe.each(engines)('the client secret of a configuration (%s)', (engine) => {
  let organizationId: string;
  let slug: string;

  const { server, boot } = useServer({ engine });
  beforeEach(async () => {
    organizationId = await addOrganization(server, boot);
    const { body } = await server.call(`/api/v1/organization/${organizationId}`, { token: boot.token });
    slug = body.organization.slug;
    await server.call(configUrl, { token: boot.token, json: customConfig(organizationId) });
  });

  const signIn = async () =>
    server.call(`/api/v1/sso/oidc/login?orgSlug=${slug}`, { headers: { accept: 'application/json' } });

  it('H230, H276: is stored in no table in plain text and is in no response', async () => {
    const secret = 'a-secret-of-its-own-5f0c';
    const json = { organizationId, clientSecret: secret };
    const changed = await server.call(configUrl, { token: boot.token, method: 'PATCH', json });
    const read = await server.call(`${configUrl}?organizationId=${organizationId}`, { token: boot.token });
    expect([changed.status, read.status]).toEqual([200, 200]);
    await signIn();
    const rows = await Promise.all(tables.map((table) => server.database.db.selectFrom(table).selectAll().execute()));
    const kept = `${JSON.stringify(rows)}${changed.text}${read.text}`;
    expect(kept).toContain(organizationId);
    for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const) {
      expect(kept).not.toContain(Buffer.from(secret).toString(encoding));
    }
  });

  it('H277: is encrypted again each time, even if it is the same', async () => {
    const before = await storedConfig(server, organizationId);
    const { clientSecret } = customConfig(organizationId);
    const json = { organizationId, clientSecret };
    expect((await server.call(configUrl, { token: boot.token, method: 'PATCH', json })).status).toBe(200);
    const after = await storedConfig(server, organizationId);
    expect(after?.sealed_client_secret).not.toBe(before?.sealed_client_secret);
  });
});
