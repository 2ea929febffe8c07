import { randomUUID } from 'node:crypto';
import { request } from 'node:http';

import { createRemoteJWKSet, generateKeyPair, jwtVerify, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addMachine, logIn, signIn } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';
import { createStillClock } from '../support/still-clock.ts';

const meUrl = '/api/v2/users/me';

describe.each(engines)('access tokens (%s)', (engine) => {
  const clock = createStillClock();
  let server: TestServer;
  let boot: Bootstrapped;

  beforeAll(async () => {
    server = await startTestServer({ engine, clock });
    boot = await bootstrap(server);
  });
  afterAll(async () => {
    await server.close();
  });

  const userToken = async (): Promise<string> => (await signIn(server, boot.admin)).body.accessToken;
  const keySet = () => createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
  const verified = async (token: string) =>
    jwtVerify(token, keySet(), {
      issuer: server.url,
      audience: server.url,
      algorithms: ['EdDSA'],
      currentDate: new Date(clock.nowMs()),
    });

  it('H296: verify with the published keys, which contain nothing private', async () => {
    const { payload, protectedHeader } = await verified(await userToken());
    expect(protectedHeader).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' });
    expect(payload).toMatchObject({ iss: server.url, aud: server.url, kind: 'user', authMethod: 'password' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
    expect((await verified(boot.token)).payload).toMatchObject({ organizationId: boot.organizationId });
    const { body } = await server.call('/.well-known/jwks.json');
    expect(body.keys.map((key: object) => Object.keys(key).toSorted())).toEqual([
      ['alg', 'crv', 'kid', 'kty', 'use', 'x'],
    ]);
  });

  it('H226: are rejected after they expire', async () => {
    const token = await userToken();
    clock.advanceSeconds(899);
    expect((await server.call(meUrl, { token })).status).toBe(200);
    clock.advanceSeconds(1);
    expect(await server.call(meUrl, { token })).toMatchObject({
      status: 403,
      body: { statusCode: 403, error: 'TokenError', code: 'token_invalid' },
    });
  });

  it('H226: are rejected if another party made or changed them', async () => {
    const token = await userToken();
    const { payload, protectedHeader } = await verified(token);
    const [header = '', body = '', signature = ''] = token.split('.');
    const strange = await generateKeyPair('EdDSA');
    const kid = String(protectedHeader.kid);
    const rename = (change: object) => Buffer.from(JSON.stringify({ ...payload, ...change })).toString('base64url');
    const { body: jwks } = await server.call('/.well-known/jwks.json');
    const publicKey = new TextEncoder().encode(JSON.stringify(jwks.keys[0]));
    const forged: Record<string, string> = {
      'alg none': new UnsecuredJWT(payload).encode(),
      'alg none, with kid and type': `${encode({ alg: 'none', kid, typ: 'at+jwt' })}.${body}.`,
      'alg None, signed': `${encode({ alg: 'None', kid, typ: 'at+jwt' })}.${body}.${signature}`,
      'the public key as an HMAC secret': await sign({ alg: 'HS256', kid }, publicKey),
      'a strange key under our kid': await sign({ alg: 'EdDSA', kid }, strange.privateKey),
      'an unknown kid': await sign({ alg: 'EdDSA', kid: 'unknown' }, strange.privateKey),
      'no kid': await sign({ alg: 'EdDSA' }, strange.privateKey),
      'other claims': `${header}.${rename({ sub: randomUUID() })}.${signature}`,
      'a later end': `${header}.${rename({ exp: 9_999_999_999 })}.${signature}`,
      'no signature': `${header}.${body}.`,
      'two parts': `${header}.${body}`,
      'five parts': `${header}.${body}.${signature}.x.x`,
      'a changed signature': `${header}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
    };
    for (const [name, forgery] of Object.entries(forged)) {
      const answer = await server.call(meUrl, { token: forgery });
      expect([name, answer.status, answer.body.error]).toEqual([name, 403, 'TokenError']);
    }
    expect((await server.call(meUrl, { token })).status).toBe(200);

    async function sign(head: { alg: string; kid?: string }, key: Parameters<SignJWT['sign']>[0]): Promise<string> {
      return new SignJWT(payload).setProtectedHeader({ ...head, typ: 'at+jwt' }).sign(key);
    }
  });

  it('H224: are read from exactly one Authorization header', async () => {
    const token = await userToken();
    const good = ['Authorization', `Bearer ${token}`];
    const host = ['Host', new URL(server.url).host];
    expect(await rawStatus([...host, ...good])).toBe(200);
    expect(await rawStatus([...host, 'AUTHORIZATION', `bearer ${token}`])).toBe(200);
    expect(await rawStatus([...host, ...good, ...good])).toBe(401);
    expect(await rawStatus([...host, ...good, 'authorization', 'Bearer x'])).toBe(401);
    expect(await rawStatus([...host, 'authorization', 'Basic x', ...good])).toBe(401);
    expect((await server.call(`${meUrl}?access_token=${token}`)).status).toBe(401);
  });

  async function rawStatus(headers: string[]): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const sent = request(`${server.url}${meUrl}`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject).end();
    });
  }

  it("H225: of a machine identity are not accepted as a user's, and vice versa", async () => {
    const person = await userToken();
    expect((await server.call(meUrl, { token: boot.token })).body.code).toBe('user_token_required');
    const details = '/api/v1/identities/details';
    expect((await server.call(details, { token: person })).body.code).toBe('machine_token_required');
    expect((await server.call(details, { token: boot.token })).status).toBe(200);
    const renewed = await server.call('/api/v1/auth/token/renew', { json: { accessToken: person } });
    expect([renewed.status, renewed.body.code]).toEqual([403, 'token_invalid']);
  });

  describe('of a machine identity', () => {
    const renew = async (accessToken: string) => server.call('/api/v1/auth/token/renew', { json: { accessToken } });
    const revoke = async (accessToken: string) => server.call('/api/v1/auth/token/revoke', { json: { accessToken } });
    const works = async (token: string) => (await server.call('/api/v1/identities/details', { token })).status;
    const add = async (settings: object) =>
      addMachine(server, boot, { organizationId: boot.organizationId, role: 'member', settings });

    it('are issued for a client id and a client secret, with the documented fields', async () => {
      const { status, body } = await logIn(server, await add({ accessTokenTTL: 60, accessTokenMaxTTL: 100 }));
      expect([status, Object.keys(body).toSorted()]).toEqual([
        200,
        ['accessToken', 'accessTokenMaxTTL', 'expiresIn', 'tokenType'],
      ]);
      expect(body).toMatchObject({ expiresIn: 60, accessTokenMaxTTL: 100, tokenType: 'Bearer' });
      expect(await works(body.accessToken)).toBe(200);
    });

    it('are renewed up to their maximum lifetime', async () => {
      const { body: first } = await logIn(server, await add({ accessTokenTTL: 60, accessTokenMaxTTL: 100 }));
      clock.advanceSeconds(50);
      const second = await renew(first.accessToken);
      expect(second).toMatchObject({
        status: 200,
        body: { expiresIn: 50, accessTokenMaxTTL: 100, tokenType: 'Bearer' },
      });
      clock.advanceSeconds(49);
      expect([await works(second.body.accessToken), await works(first.accessToken)]).toEqual([200, 403]);
      clock.advanceSeconds(1);
      expect(await works(second.body.accessToken)).toBe(403);
      expect((await renew(second.body.accessToken)).status).toBe(403);
    });

    it('end when they are revoked', async () => {
      const { accessToken } = (await logIn(server, await add({}))).body;
      const answer = await revoke(accessToken);
      expect([answer.status, typeof answer.body.message]).toEqual([200, 'string']);
      expect(await works(accessToken)).toBe(403);
      expect([(await renew(accessToken)).status, (await revoke(accessToken)).status]).toEqual([403, 403]);
    });

    it('H227: end with their client secret and with their identity', async () => {
      const [one, two] = [await add({}), await add({})];
      const tokens: string[] = [
        (await logIn(server, one)).body.accessToken,
        (await logIn(server, two)).body.accessToken,
      ];
      const url = `/api/v1/auth/universal-auth/identities/${one.identityId}/client-secrets`;
      const { body } = await server.call(url, { token: boot.token });
      await server.call(`${url}/${body.clientSecretData[0].id}/revoke`, { token: boot.token, method: 'POST' });
      await server.call(`/api/v1/identities/${two.identityId}`, { token: boot.token, method: 'DELETE' });
      expect(await Promise.all(tokens.map(works))).toEqual([403, 403]);
      expect([(await logIn(server, one)).status, (await logIn(server, two)).status]).toEqual([401, 401]);
    });

    it('may be used as often as the identity allows', async () => {
      const { accessToken } = (await logIn(server, await add({ accessTokenNumUsesLimit: 2 }))).body;
      expect([await works(accessToken), await works(accessToken), await works(accessToken)]).toEqual([200, 200, 403]);
    });

    it('are issued to and accepted from the current trusted IP addresses only', async () => {
      const elsewhere = [{ ipAddress: '203.0.113.0/24' }];
      const machine = await add({});
      const { accessToken } = (await logIn(server, machine)).body;
      const url = `/api/v1/auth/universal-auth/identities/${machine.identityId}`;
      const change = (json: object) => server.call(url, { method: 'PATCH', token: boot.token, json });
      expect((await change({ accessTokenTrustedIps: elsewhere })).status).toBe(200);
      expect(await works(accessToken)).toBe(403);
      await change({ accessTokenTrustedIps: [{ ipAddress: '127.0.0.1' }], clientSecretTrustedIps: elsewhere });
      expect(await works(accessToken)).toBe(200);
      expect((await logIn(server, machine)).body.code).toBe('credentials_invalid');
    });

    it('are refused for wrong credentials, and after three failures for a while to every caller', async () => {
      const machine = await add({});
      const wrong = { ...machine, clientSecret: 'wrong' };
      const unknown = await logIn(server, { ...machine, clientId: randomUUID() });
      const codes = [unknown.status, unknown.body.code];
      expect(codes).toEqual([401, 'credentials_invalid']);
      for (let tried = 0; tried < 3; tried += 1) expect((await logIn(server, wrong)).status).toBe(401);
      expect((await logIn(server, machine)).body.code).toBe('credentials_locked');
      clock.advanceSeconds(299);
      expect((await logIn(server, machine)).body.code).toBe('credentials_locked');
      clock.advanceSeconds(1);
      expect((await logIn(server, machine)).status).toBe(200);
    });
  });
});

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
