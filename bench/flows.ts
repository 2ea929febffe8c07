import type { Answer, Connections, Cookies } from './browser.ts';
import { domainOf, emailOf, organizationIdOf, slugOf, type Visitor } from './population.ts';

/** The origins that a flow uses. */
export interface FlowContext {
  readonly subject: Connections;
  readonly subjectOrigin: string;
  readonly idp: Connections;
  readonly idpOrigin: string;
  /** The bearer token of an instance admin; only the configuration flows use it. */
  readonly adminToken: string;
}

/** One unit of the counted work. Rejects with a `FlowError` if a response is not the expected one. */
export type Flow = (context: FlowContext, visitor: Visitor, ticket: number) => Promise<void>;

/** An unexpected response. The message is for the reader of the report. */
class FlowError extends Error {
  override readonly name = 'FlowError';
}

export type FlowName = 'sign-in' | 'better-auth-sign-in' | 'config-read' | 'config-write';

export const flows: Readonly<Record<FlowName, Flow>> = {
  'sign-in': signIn,
  'better-auth-sign-in': betterAuthSignIn,
  'config-read': readConfig,
  'config-write': writeConfig,
};

// Sallyport's endpoints; the floor has the same three.
async function signIn(context: FlowContext, visitor: Visitor): Promise<void> {
  const cookies: Cookies = new Map();
  const { subject } = context;
  const path = `/api/v1/sso/oidc/login?orgSlug=${slugOf(visitor.organization)}`;
  const started = await subject.send({ method: 'GET', path }, cookies);
  expect(started.status === 302 && cookies.size > 0, 'login', started);

  const finished = await subject.send(await visitIdp(context, visitor, started), cookies);
  expect(finished.status === 302 && cookies.has('jid'), 'callback', finished);

  const headers = { origin: context.subjectOrigin };
  const issued = await subject.send({ method: 'POST', path: '/api/v1/auth/token', headers, json: {} }, cookies);
  expect(issued.status === 200 && isJwt(parsed(issued)['token']), 'token', issued);
}

// The requests of better-auth's own client: with the last one, a page learns who signed in.
async function betterAuthSignIn(context: FlowContext, visitor: Visitor): Promise<void> {
  const cookies: Cookies = new Map();
  const { subject } = context;
  const json = { providerId: slugOf(visitor.organization), callbackURL: '/welcome' };
  const headers = { origin: context.subjectOrigin };
  const started = await subject.send({ method: 'POST', path: '/api/auth/sign-in/sso', headers, json }, cookies);
  expect(started.status === 200 && cookies.size > 0, 'sign-in/sso', started);

  const location = String(parsed(started)['url']);
  const finished = await subject.send(await visitIdp(context, visitor, { ...started, location }), cookies);
  const isSignedIn = finished.status === 302 && finished.location.endsWith('/welcome');
  expect(isSignedIn && cookies.has('better-auth.session_token'), 'callback', finished);

  const session = await subject.send({ method: 'GET', path: '/api/auth/get-session' }, cookies);
  const email = emailOf(visitor.organization, visitor.person);
  expect(session.status === 200 && session.body.includes(`"email":"${email}"`), 'get-session', session);
}

// The user signs in at the identity provider. Returns the URL of the callback.
async function visitIdp(
  context: FlowContext,
  visitor: Visitor,
  started: Answer,
): Promise<{ method: 'GET'; path: string }> {
  expect(started.location.startsWith(`${context.idpOrigin}/`), 'authorization request', started);
  const path = `${started.location.slice(context.idpOrigin.length)}&person=${visitor.person}`;
  const answer = await context.idp.send({ method: 'GET', path });
  expect(answer.status === 302 && answer.location.startsWith(`${context.subjectOrigin}/`), 'authorization', answer);
  return { method: 'GET', path: answer.location.slice(context.subjectOrigin.length) };
}

async function readConfig(context: FlowContext, visitor: Visitor): Promise<void> {
  const organizationId = organizationIdOf(visitor.organization);
  const path = `/api/v1/sso/oidc/config?organizationId=${organizationId}`;
  const answer = await context.subject.send({ method: 'GET', path, headers: bearer(context) });
  expect(answer.status === 200 && parsed(answer)['orgId'] === organizationId, 'GET config', answer);
}

// Every write changes a value, and every one leaves a connection that the next sign-in can use.
async function writeConfig(context: FlowContext, visitor: Visitor, ticket: number): Promise<void> {
  const organizationId = organizationIdOf(visitor.organization);
  const allowedEmailDomains = `${domainOf(visitor.organization)}, also-${ticket}.example`;
  const json = { organizationId, isActive: true, allowedEmailDomains };
  const path = '/api/v1/sso/oidc/config';
  const answer = await context.subject.send({ method: 'PATCH', path, headers: bearer(context), json });
  const isWritten = answer.status === 200 && parsed(answer)['allowedEmailDomains'] === allowedEmailDomains;
  expect(isWritten, 'PATCH config', answer);
}

function bearer(context: FlowContext): Record<string, string> {
  return { authorization: `Bearer ${context.adminToken}` };
}

function parsed(answer: Answer): Record<string, unknown> {
  return answer.body.startsWith('{') ? JSON.parse(answer.body) : {};
}

// Three parts, and a payload with the subject.
function isJwt(token: unknown): boolean {
  if (typeof token !== 'string' || token.split('.').length !== 3) return false;
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  return typeof JSON.parse(payload).sub === 'string';
}

function expect(isExpected: boolean, step: string, answer: Answer): void {
  if (isExpected) return;
  const location = answer.location === '' ? '' : ` -> ${answer.location.slice(0, 300)}`;
  throw new FlowError(`${step}: ${answer.status}${location} ${answer.body.slice(0, 300)}`);
}
