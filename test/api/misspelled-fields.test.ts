import { beforeAll, describe, expect, it } from 'vitest';

import { addMachine, addMember, addOrganization, logIn } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { customConfig } from '../support/oidc-config-body.ts';
import { useServer } from '../support/server.ts';

const configPath = '/api/v1/sso/oidc/config';

describe.each(engines)('an unknown request field (%s)', (engine) => {
  let organizationId: string;
  let token: string;

  const { server, boot } = useServer({ engine });
  beforeAll(async () => {
    organizationId = await addOrganization(server, boot);
    token = (await addMember(server, boot, { organizationId, role: 'admin' })).token;
  });

  const configOf = async () => server.call(`${configPath}?organizationId=${organizationId}`, { token });
  const lastEntry = async () =>
    (await server.call('/api/v1/organization/audit-logs?limit=1', { token })).body.auditLogs[0].event;

  it.each([
    ['requiredClaim', { hd: 'acme.test' }, 'requiredClaims'],
    ['allowedEmailDomain', 'acme.test', 'allowedEmailDomains'],
    ['allowedemaildomains', 'acme.test', 'allowedEmailDomains'],
    ['acr_values', ['mfa'], 'acrValues'],
    ['trustedAudience', ['x'], 'trustedAudiences'],
  ])('H382: rejects a connection with %s, names both fields and stores nothing', async (name, value, known) => {
    const json = { ...customConfig(organizationId), [name]: value };
    const { status, body } = await server.call(configPath, { token, json });
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect(body.details).toEqual([{ path: name, code: 'misspelled_field', message: expect.stringContaining(known) }]);
    expect(body.message).toContain(name);
    expect((await configOf()).status).toBe(404);
  });

  it('H382: rejects a misspelled query field that would widen the effect', async () => {
    const path = `/api/v1/organization/${organizationId}/sessions?everyone=true&userID=someone`;
    const { status, body } = await server.call(path, { token, method: 'DELETE' });
    expect([status, body.details[0].path]).toEqual([422, 'userID']);
    const start = await server.call('/api/v1/sso/oidc/login?orgslug=acme', { headers: { accept: 'application/json' } });
    expect([start.status, start.body.details[0].path]).toEqual([422, 'orgslug']);
  });

  it('H382: rejects a misspelled field in a list of objects and names its path', async () => {
    const machine = await addMachine(server, boot, { organizationId, role: 'member' });
    const json = { accessTokenTrustedIps: [{ ipAddress: '192.0.2.1' }, { ipAddress: '192.0.2.2', ip_adress: 'x' }] };
    const path = `/api/v1/auth/universal-auth/identities/${machine.identityId}`;
    const { status, body } = await server.call(path, { token, method: 'PATCH', json });
    expect([status, body.details[0].path]).toEqual([422, 'accessTokenTrustedIps.1.ip_adress']);
    expect((await logIn(server, machine)).status).toBe(200);
  });

  it('accepts claim names that resemble a field', async () => {
    const json = { ...customConfig(organizationId), requiredClaims: { requiredClaim: 'a', isactive: 'b' } };
    expect((await server.call(configPath, { token, json })).status).toBe(200);
  });

  it('ignores other unknown fields and audits their names, never a value', async () => {
    const json = { name: 'Sales', colour: 'secret-value', shape: { size: 1 }, [`x${'y'.repeat(200)}<b>\u202e`]: 1 };
    const { status, body } = await server.call('/api/v1/groups', { token, json });
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('colour');
    const { type, metadata } = await lastEntry();
    expect(type).toBe('group-create');
    expect(metadata.ignoredFields).toEqual(['colour', 'shape', `x${'y'.repeat(63)}`]);
    expect(JSON.stringify(metadata)).not.toContain('secret-value');
    await server.call('/api/v1/groups', { token, json: { name: 'Plain' } });
    expect((await lastEntry()).metadata).not.toHaveProperty('ignoredFields');
  });

  it('H383: thousands of unknown fields make no long audit entry, and thousands of errors no long response', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 9000 }, (_, index) => [`unknown field ${index}`, 1]));
    expect((await server.call('/api/v1/groups', { token, json: { name: 'Many', ...unknown } })).status).toBe(200);
    const { metadata } = await lastEntry();
    expect(metadata.ignoredFields).toHaveLength(20);
    expect(metadata.ignoredFields[0]).toBe('unknown?field?0');
    expect(metadata.ignoredFieldsCount).toBeGreaterThanOrEqual(1000);
    const longName = 'n'.repeat(20_000);
    const requiredClaims = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${longName}${index}`, 7]));
    const refused = await server.call(configPath, {
      token,
      method: 'PATCH',
      json: { organizationId, requiredClaims },
    });
    expect(refused.status).toBe(422);
    expect(refused.text.length).toBeLessThan(100_000);
  });

  it('an anonymous request writes nothing into a trail', async () => {
    const json = { email: 'nobody@acme.example', password: 'wrong-password', strangersField: 1 };
    expect((await server.call('/api/v3/auth/login', { json })).status).toBe(401);
    const logs = await server.call('/api/v1/organization/audit-logs?scope=server&limit=20', { token: boot.token });
    expect(logs.text).not.toContain('strangersField');
  });
});
