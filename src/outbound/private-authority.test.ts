import { createServer, type ServerOptions } from 'node:https';

import { afterEach, describe, expect, it } from 'vitest';

import { fixedClock } from '../../test/support/faulty-idp-sign-in.ts';
import { privateCa, privateServer, refusedServers } from '../../test/support/private-ca.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { parseOutboundAllow } from './outbound-allow.ts';
import { createOutboundPolicy } from './outbound-policy.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** Calls an https server on loopback as `idp.private.example`. */
async function callServer(options: ServerOptions, certificates: readonly string[], allow = 'idp.private.example') {
  const server = createServer(options, (_request, response) => response.end('{}'));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const parsed = parseOutboundAllow(allow);
  const fetch = createGuardedFetch({
    policy: createOutboundPolicy(parsed.ok ? parsed.entries : []),
    lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    clock: fixedClock(),
    certificates,
  });
  closers.push(
    () => fetch.close(),
    async () => {
      server.closeAllConnections();
      server.close();
    },
  );
  const limits = { bytesMax: 100, totalMs: 5_000 };
  return fetch({ url: `https://idp.private.example:${port}/`, step: 'discovery', bulkhead: 'organization-1', limits });
}

describe('a provider with a certificate of a private CA', () => {
  it('H032: is accepted if the operator listed its host and trusts the CA', async () => {
    expect((await callServer(privateServer, [privateCa])).status).toBe(200);
    expect((await callServer(privateServer, [privateCa], '127.0.0.0/8')).status).toBe(200);
  });

  it('H032: is rejected if the operator trusts the CA but did not list the host', async () => {
    await expect(callServer(privateServer, [privateCa], '')).rejects.toMatchObject({
      kind: 'url_refused',
      facts: { reason: 'port' },
    });
  });

  it('H033: is rejected if the CA is not trusted', async () => {
    await expect(callServer(privateServer, [])).rejects.toMatchObject({
      kind: 'tls_failed',
      facts: { reason: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    });
  });

  it.each([
    ['has expired', refusedServers.expired, 'CERT_HAS_EXPIRED'],
    ['is of another host', refusedServers.otherHost, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('H033: is rejected if it %s, even with a trusted CA', async (_name, options, reason) => {
    await expect(callServer(options, [privateCa])).rejects.toMatchObject({ kind: 'tls_failed', facts: { reason } });
  });

  it('H033: is rejected if its key is too small', async () => {
    // OpenSSL refuses to serve with such a key.
    const options = { ...refusedServers.smallKey, ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(callServer(options, [privateCa])).rejects.toMatchObject({
      kind: 'tls_failed',
      facts: { reason: 'UNSPECIFIED' },
    });
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)(
    'H033: is rejected if it supports nothing newer than %s',
    async (maxVersion) => {
      const options = { ...privateServer, minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      await expect(callServer(options, [privateCa])).rejects.toMatchObject({ kind: 'tls_failed' });
    },
  );
});
