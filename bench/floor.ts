/**
 * The floor: the minimum work of a plain `node:http` server for a sign-in. It serves the same three requests, sends one
 * token request,
 * verifies one RS256 signature, and creates one Ed25519 signature and one durable commit. It checks only the signature,
 * the nonce and
 * the client, knows one key, and has no routes, limits, log, roles or accounts. It is not an example of a server: the
 * others are
 * compared with it.
 */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { Agent, createServer, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http';

import { openFloorStore } from './floor-store.ts';
import { listenAndTell } from './listen-and-tell.ts';
import { client, issuerOf } from './population.ts';

interface Attempt {
  readonly organization: number;
  readonly nonce: string;
  readonly verifier: string;
}

const idpOrigin = process.env['BENCH_IDP_ORIGIN'] ?? '';
const store = await openFloorStore(process.env['DATABASE_URL'] ?? 'sqlite:floor.db');
const agent = new Agent({ keepAlive: true });
const { privateKey } = generateKeyPairSync('ed25519');
const basic = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
const jwtHeader = Buffer.from('{"alg":"EdDSA","typ":"JWT"}').toString('base64url');

const attempts = new Map<string, Attempt>();
const sessions = new Map<string, string>();
let idpKey: KeyObject | undefined;

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    response.writeHead(500).end();
  });
});
const origin = await listenAndTell(server, process.env['PORT']);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', origin);
  switch (url.pathname) {
    case '/api/v1/sso/oidc/login':
      return login(url, response);
    case '/api/v1/sso/oidc/callback':
      return callback(url, response);
    case '/api/v1/auth/token':
      return token(request, response);
    default:
      response.writeHead(404).end();
  }
}

function login(url: URL, response: ServerResponse): void {
  const organization = Number((url.searchParams.get('orgSlug') ?? '').slice('org-'.length));
  const state = randomBytes(16).toString('base64url');
  const nonce = randomBytes(16).toString('base64url');
  const verifier = randomBytes(32).toString('base64url');
  attempts.set(state, { organization, nonce, verifier });
  const query = new URLSearchParams({
    response_type: 'code',
    scope: 'openid profile email',
    client_id: client.id,
    redirect_uri: `${origin}/api/v1/sso/oidc/callback`,
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const location = `${issuerOf(idpOrigin, organization)}/authorize?${query.toString()}`;
  response.writeHead(302, { location, 'set-cookie': `attempt=${state}; HttpOnly` }).end();
}

async function callback(url: URL, response: ServerResponse): Promise<void> {
  const state = url.searchParams.get('state') ?? '';
  const attempt = attempts.get(state);
  if (attempt === undefined) return void response.writeHead(400).end();
  attempts.delete(state);
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: url.searchParams.get('code') ?? '',
    redirect_uri: `${origin}/api/v1/sso/oidc/callback`,
    code_verifier: attempt.verifier,
  }).toString();
  const issuer = issuerOf(idpOrigin, attempt.organization);
  const { id_token: idToken }: { id_token: string } = JSON.parse(await call(`${issuer}/token`, body));
  const claims = await verified(idToken, issuer);
  if (claims.nonce !== attempt.nonce || claims.aud !== client.id) return void response.writeHead(400).end();
  const jid = randomBytes(32).toString('base64url');
  await store.saveSession({ id: jid, email: claims.email, createdAtMs: Date.now() });
  sessions.set(jid, claims.sub);
  response.writeHead(302, { location: '/', 'set-cookie': `jid=${jid}; HttpOnly` }).end();
}

function token(request: IncomingMessage, response: ServerResponse): void {
  const jid = /(?:^|; )jid=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
  const subject = sessions.get(jid);
  if (subject === undefined) return void response.writeHead(401).end();
  sessions.delete(jid);
  const nowSeconds = Math.floor(Date.now() / 1000);
  const claims = {
    iss: origin,
    sub: subject,
    aud: origin,
    iat: nowSeconds,
    exp: nowSeconds + 900,
    jti: jid.slice(0, 16),
  };
  const input = `${jwtHeader}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  const signature = sign(null, Buffer.from(input), privateKey).toString('base64url');
  const body = JSON.stringify({ token: `${input}.${signature}` });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}

async function verified(jwt: string, issuer: string): Promise<Record<'sub' | 'aud' | 'nonce' | 'email', string>> {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  idpKey ??= createPublicKey({ key: JSON.parse(await call(`${issuer}/jwks`)).keys[0], format: 'jwk' });
  const ok = verify('sha256', Buffer.from(`${header}.${payload}`), idpKey, Buffer.from(signature, 'base64url'));
  if (!ok) throw new Error('the signature of the ID token is wrong');
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
}

// A GET, or with a body the POST of a form with the client's credentials (RFC 6749, section 4.1.3).
function call(url: string, form?: string): Promise<string> {
  const headers = { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const options = form === undefined ? { agent } : { agent, method: 'POST', headers };
    const outgoing = sendRequest(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(form);
  });
}
