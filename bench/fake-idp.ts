/**
 * A fake OpenID provider that is cheap: it has no state, signs with one key and serves an issuer at each `/t/<n>`. The
 * code contains
 * what the token endpoint must know. It checks the client and the PKCE verifier, so a subject that omits a step fails.
 * It checks
 * nothing else: it is a load, not an example.
 */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { listenAndTell } from './listen-and-tell.ts';
import { client, emailOf, issuerOf, subjectOf } from './population.ts';

const keyId = 'bench-1';
const tokenLifetimeSeconds = 300;

interface Grant {
  readonly organization: number;
  readonly person: string;
  readonly nonce: string | null;
  readonly challenge: string | null;
}

/** How often each endpoint was called since the start; read at `/counts`. */
const counts = { discovery: 0, jwks: 0, authorize: 0, token: 0 };

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwks = JSON.stringify({
  keys: [{ ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'RS256', use: 'sig' }],
});
const jwtHeader = base64url(JSON.stringify({ alg: 'RS256', kid: keyId, typ: 'JWT' }));

const origin = await listenAndTell(createServer(answer), process.env['PORT']);

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://idp.invalid');
  const [, root, n, ...rest] = url.pathname.split('/');
  if (root === 'counts') return reply(response, 200, JSON.stringify(counts));
  const organization = Number(n);
  if (root !== 't' || !Number.isSafeInteger(organization)) return reply(response, 404, '{}');
  switch (rest.join('/')) {
    case '.well-known/openid-configuration':
      counts.discovery += 1;
      return reply(response, 200, discovery(organization));
    case 'jwks':
      counts.jwks += 1;
      return reply(response, 200, jwks);
    case 'authorize':
      counts.authorize += 1;
      return authorize(organization, url.searchParams, response);
    case 'token':
      counts.token += 1;
      return token(request, response);
    default:
      return reply(response, 404, '{}');
  }
}

// OpenID Connect Discovery 1.0, section 3. There is no userinfo endpoint, so no subject has to call one.
function discovery(organization: number): string {
  const issuer = issuerOf(origin, organization);
  return JSON.stringify({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    scopes_supported: ['openid', 'profile', 'email'],
    claims_supported: ['sub', 'email', 'email_verified', 'given_name', 'family_name', 'name'],
    authorization_response_iss_parameter_supported: true,
  });
}

// `person` is the bench's own parameter, in place of a typed name and password.
function authorize(organization: number, query: URLSearchParams, response: ServerResponse): void {
  const person = query.get('person');
  const redirectUri = query.get('redirect_uri');
  if (person === null || redirectUri === null || query.get('client_id') !== client.id) {
    return reply(response, 400, '{"error":"invalid_request"}');
  }
  const grant: Grant = { organization, person, nonce: query.get('nonce'), challenge: query.get('code_challenge') };
  const back = new URL(redirectUri);
  back.searchParams.set('code', base64url(JSON.stringify(grant)));
  back.searchParams.set('state', query.get('state') ?? '');
  back.searchParams.set('iss', issuerOf(origin, organization));
  response.writeHead(302, { location: back.href, 'content-length': 0 }).end();
}

function token(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
    if (!isClient(request, form)) return reply(response, 401, '{"error":"invalid_client"}');
    const grant: Grant = JSON.parse(Buffer.from(form.get('code') ?? '', 'base64url').toString('utf8'));
    const verifier = form.get('code_verifier');
    const challenge = verifier === null ? null : createHash('sha256').update(verifier).digest('base64url');
    if (challenge !== grant.challenge) return reply(response, 400, '{"error":"invalid_grant"}');
    reply(response, 200, tokenResponse(grant));
  });
}

// RFC 6749, section 2.3.1: HTTP basic, whose two halves are form-encoded, or the two parameters in the body.
function isClient(request: IncomingMessage, form: URLSearchParams): boolean {
  const header = request.headers.authorization;
  if (header === undefined) return form.get('client_id') === client.id && form.get('client_secret') === client.secret;
  const pair = Buffer.from(header.slice('Basic '.length), 'base64').toString('utf8');
  return decodeURIComponent(pair) === `${client.id}:${client.secret}`;
}

// OpenID Connect Core 1.0, section 3.1.3.3.
function tokenResponse(grant: Grant): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuerOf(origin, grant.organization),
    sub: subjectOf(grant.organization, grant.person),
    aud: client.id,
    iat: nowSeconds,
    exp: nowSeconds + tokenLifetimeSeconds,
    ...(grant.nonce === null ? {} : { nonce: grant.nonce }),
    email: emailOf(grant.organization, grant.person),
    email_verified: true,
    given_name: 'Practice',
    family_name: grant.person,
    name: `Practice ${grant.person}`,
  };
  return JSON.stringify({
    access_token: 'an-opaque-access-token',
    token_type: 'Bearer',
    expires_in: tokenLifetimeSeconds,
    id_token: signed(claims, privateKey),
  });
}

function signed(claims: object, key: KeyObject): string {
  const input = `${jwtHeader}.${base64url(JSON.stringify(claims))}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

function reply(response: ServerResponse, status: number, body: string): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': length }).end(body);
}
