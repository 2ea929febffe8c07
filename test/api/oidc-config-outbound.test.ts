import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addOrganization } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { configUrl, customConfig, discoveryConfig, storedConfig } from '../support/oidc-config-body.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

const setting = 'SALLYPORT_OUTBOUND_ALLOW';
const urlFields = [
  'issuer',
  'authorizationEndpoint',
  'discoveryURL',
  'jwksUri',
  'tokenEndpoint',
  'userinfoEndpoint',
] as const;
const refused = [
  'http://idp.acme.example',
  'https://idp.acme.example:8443',
  'https://localhost',
  'https://idp',
  'https://idp.internal',
  'https://idp.local',
  'https://127.0.0.1',
  'https://2130706433',
  'https://0x7f.1',
  'https://10.0.0.1',
  'https://172.16.0.1',
  'https://192.168.0.1',
  'https://169.254.169.254/latest/meta-data',
  'https://100.64.0.1',
  'https://0.0.0.0',
  'https://[::1]',
  'https://[fe80::1]',
  'https://[fd00::1]',
  'https://[::ffff:127.0.0.1]',
  'https://[64:ff9b::7f00:1]',
];

describe.each(engines)('a URL that the server would call (%s)', (engine) => {
  let strict: TestServer;
  let boot: Bootstrapped;
  let empty: string;
  let stored: string;

  beforeAll(async () => {
    strict = await startTestServer({ engine, settings: { [setting]: '' } });
    boot = await bootstrap(strict);
    empty = await addOrganization(strict, boot);
    stored = await addOrganization(strict, boot);
    await strict.call(configUrl, { token: boot.token, json: customConfig(stored) });
  });
  afterAll(async () => strict.close());

  it.each(refused)('is rejected by default: %s', async (url) => {
    const before = await storedConfig(strict, stored);
    for (const field of urlFields) {
      const change = { [field]: url, clientSecret: 'entered again' };
      const made = await strict.call(configUrl, { token: boot.token, json: { ...customConfig(empty), ...change } });
      const json = { organizationId: stored, ...change };
      const changed = await strict.call(configUrl, { token: boot.token, method: 'PATCH', json });
      for (const { status, body } of [made, changed]) {
        expect([status, body.error, body.code]).toEqual([400, 'BadRequest', 'outbound_url_refused']);
        expect(body.message).toContain(field);
        expect(body.message).toContain(setting);
        expect(body.details.map(({ path }: { path: string }) => path)).toEqual([field]);
        expect(JSON.stringify(body)).not.toContain(new URL(url).host.replaceAll(/[[\]]/g, ''));
      }
    }
    expect(await storedConfig(strict, stored)).toEqual(before);
    expect(await storedConfig(strict, empty)).toBeUndefined();
  });

  it('is reported for every field at once', async () => {
    const json = { ...customConfig(empty), jwksUri: 'https://10.0.0.1', tokenEndpoint: 'http://idp.acme.example' };
    const { status, body } = await strict.call(configUrl, { token: boot.token, json });
    const issues = body.details.map(({ path, code }: { path: string; code: string }) => [path, code]);
    expect([status, issues]).toEqual([
      400,
      [
        ['jwksUri', 'address'],
        ['tokenEndpoint', 'scheme'],
      ],
    ]);
  });

  it('is accepted if, and only if, the operator allowed it', async () => {
    const settings = { [setting]: 'idp.internal:8443,10.1.0.0/16,plain.acme.example' };
    const server = await startTestServer({ engine, settings });
    try {
      const { token, organizationId } = await bootstrap(server);
      await server.call(configUrl, { token, json: discoveryConfig(organizationId) });
      const patch = async (discoveryURL: string) => {
        const json = { organizationId, discoveryURL, clientSecret: 'entered again' };
        return (await server.call(configUrl, { token, method: 'PATCH', json })).status;
      };
      const allowed = [
        'https://idp.internal:8443',
        'http://idp.internal:8443',
        'https://10.1.2.3',
        'http://10.1.2.3:81',
      ];
      for (const url of [...allowed, 'http://plain.acme.example']) expect([url, await patch(url)]).toEqual([url, 200]);
      const other = [
        'https://idp.internal',
        'https://x.idp.internal:8443',
        'https://10.2.0.1',
        'http://idp.acme.example',
      ];
      for (const url of [...other, 'https://169.254.169.254']) expect([url, await patch(url)]).toEqual([url, 400]);
    } finally {
      await server.close();
    }
  });
});
