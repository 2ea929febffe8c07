import { createHmac } from 'node:crypto';

import type { Claims, Mutations } from '../support/faulty-idp.ts';
import { createProviderKey, signClaims } from '../support/faulty-idp-keys.ts';
import type { Fault, Reply } from '../support/faulty-idp-replies.ts';

type Fake = (reply: Reply) => Reply;

const faulty =
  (fault: Fault): Fake =>
  (reply) => ({ ...reply, fault });
const saying =
  (body: string, status = 200): Fake =>
  (reply) => ({ ...reply, status, body });
const leadingTo =
  (location: string): Fake =>
  (reply) => ({ ...reply, status: 302, headers: { ...reply.headers, location } });
const askingToWait: Fake = (reply) => ({ ...reply, status: 503, headers: { ...reply.headers, 'retry-after': '5' } });

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claiming = (changes: Claims) => ({ idTokenClaims: (claims: Claims) => ({ ...claims, ...changes }) });

/** The userinfo endpoint is called only if the ID token has no e-mail address. */
const withoutAddress = ({ email: _email, email_verified: _verified, ...claims }: Claims): Claims => claims;

const deep = '['.repeat(50_000);
const manyKeys = JSON.stringify({ keys: Array.from({ length: 2_000 }, (_, n) => ({ kty: 'EC', kid: `key-${n}` })) });
/** Two megabytes in one member. */
const huge = JSON.stringify({ issuer: 'x'.repeat(2_000_000) });

/**
 * The faults of the soak's hostile providers. Each provider has one fault all the time, and no sign-in there may
 * succeed.
 * `strangerKey` signs with a key that is not published.
 */
export async function hostileProviders(): Promise<Readonly<Record<string, Mutations>>> {
  const strangerKey = await createProviderKey('ES256', 'key-1', '');
  return {
    'stranger-signs': { sign: async (claims) => signClaims(strangerKey, claims) },
    'unknown-key': { sign: async (claims) => signClaims({ ...strangerKey, kid: 'key-of-nobody' }, claims) },
    'keys-rotated-away': { keys: () => ({ keys: [strangerKey.publicJwk] }) },
    unsigned: { sign: (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.` },
    'mac-with-public-key': {
      sign: (claims, key) => {
        const input = `${encode({ alg: 'HS256', kid: key.kid })}.${encode(claims)}`;
        return `${input}.${createHmac('sha256', JSON.stringify(key.publicJwk)).update(input).digest('base64url')}`;
      },
    },
    'foreign-issuer': claiming({ iss: 'https://login.example' }),
    'foreign-audience': claiming({ aud: 'another-client' }),
    'foreign-nonce': claiming({ nonce: 'another-nonce' }),
    expired: claiming({ exp: 1_000_000_000, iat: 999_999_000 }),
    'from-tomorrow': claiming({ iat: 4_000_000_000, exp: 4_000_000_300 }),
    'endless-subject': claiming({ sub: 's'.repeat(30_000) }),
    'address-of-markup': claiming({ email: '<script>@x', email_verified: true }),
    'token-hangs': { reply: { token: faulty('hang') } },
    'discovery-hangs': { reply: { discovery: faulty('hang') } },
    'keys-hang': { reply: { keys: faulty('hang') } },
    'userinfo-hangs': { idTokenClaims: withoutAddress, reply: { userinfo: faulty('hang') } },
    'token-endless': { reply: { token: faulty('endless') } },
    'discovery-huge': { reply: { discovery: saying(huge) } },
    'keys-drip': { reply: { keys: faulty('drip') } },
    'keys-many': { reply: { keys: saying(manyKeys) } },
    'userinfo-endless': { idTokenClaims: withoutAddress, reply: { userinfo: faulty('endless') } },
    'token-closes': { reply: { token: faulty('close') } },
    'token-cut': { reply: { token: faulty('cut') } },
    'token-resets': { reply: { token: faulty({ raw: (socket) => void socket.resetAndDestroy() }) } },
    'token-speaks-no-http': { reply: { token: faulty({ raw: (socket) => void socket.end('SSH-2.0-x\r\n\r\n') }) } },
    'token-redirects': { reply: { token: leadingTo('http://169.254.169.254/latest/meta-data/') } },
    'discovery-redirects': { reply: { discovery: leadingTo('http://127.0.0.1:1/') } },
    'token-is-a-page': { reply: { token: saying('<!doctype html><title>Sign in</title>') } },
    'token-is-deep': { reply: { token: saying(deep) } },
    'userinfo-is-garbage': { idTokenClaims: withoutAddress, reply: { userinfo: saying('{"sub":') } },
    'discovery-is-garbage': { reply: { discovery: saying('{"issuer":') } },
    'discovery-is-null': { discovery: () => [] },
    'token-fails': { reply: { token: saying('{}', 500) } },
    'token-asks-to-wait': { reply: { token: askingToWait } },
    'refuses-the-client': { reply: { token: saying('{"error":"invalid_client"}', 401) } },
    'another-person-at-userinfo': {
      idTokenClaims: withoutAddress,
      userinfo: (claims) => ({ ...claims, sub: 'other' }),
    },
    'changes-the-state': { callback: (parameters) => parameters.set('state', 'another-state') },
    'drops-the-code': { callback: (parameters) => parameters.delete('code') },
    'repeats-the-code': { callback: (parameters) => parameters.append('code', 'another-code') },
    'denies-everybody': {
      callback: (parameters) => {
        parameters.delete('code');
        parameters.set('error', 'access_denied');
        parameters.set('error_description', '<b>no</b>');
      },
    },
    'names-another-issuer': { callback: (parameters) => parameters.set('iss', 'https://login.example') },
  };
}
