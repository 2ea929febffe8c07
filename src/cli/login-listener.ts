import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isRecord } from './api-client.ts';
import { CliFailure } from './cli-failure.ts';

/** What the browser sends: the tokens of a session that was started for this program. */
export interface BroughtSession {
  readonly email: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** The loopback server that waits for the browser. */
export interface LoginListener {
  readonly port: number;
  readonly session: Promise<BroughtSession>;
  close(): void;
}

const bodyLengthMax = 16_384;

/**
 * Listens on a port of 127.0.0.1 for one POST from the site's page. It rejects every other web origin, because
 * otherwise any page that the user visits could log this program in to another account. It also rejects other host
 * names, which a page can use by changing what its own name resolves to. The page sends back no secret of this program,
 * so the program shows who was logged in. It cannot exclude a program of another user on this computer.
 */
export async function listenForLogin(site: string, say: (text: string) => void): Promise<LoginListener> {
  const brought = Promise.withResolvers<BroughtSession>();
  // A caller that waits for a pasted token ignores this rejection.
  brought.promise.catch(() => undefined);
  const server = createServer((request, response) => {
    void answer(request, response, { site, port: portOf(server), say }).then(
      (session) => session && brought.resolve(session),
      () => response.destroy(),
    );
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  }).catch((cause: unknown) => {
    throw new CliFailure('failed', 'This program cannot listen on a port of 127.0.0.1. Use: sallyport login --paste', {
      cause,
    });
  });
  return {
    port: portOf(server),
    session: brought.promise,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Ear {
  readonly site: string;
  readonly port: number;
  say(text: string): void;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { site, port, say }: Ear,
): Promise<BroughtSession | undefined> {
  const end = (status: number): undefined => {
    response.writeHead(status, { connection: 'close' }).end();
  };
  const { origin = '', host = '' } = request.headers;
  if (host !== `127.0.0.1:${port}`) return end(421);
  if (origin !== site) {
    if (origin !== '') say(`Rejected a login attempt by a page of another site. Only ${site} may log you in.`);
    return end(403);
  }
  response.setHeader('access-control-allow-origin', site);
  response.setHeader('vary', 'origin');
  if (request.method === 'OPTIONS') {
    response.setHeader('access-control-allow-methods', 'POST');
    response.setHeader('access-control-allow-headers', 'content-type');
    // Browsers require this header before a public page may reach this computer (Private Network Access).
    response.setHeader('access-control-allow-private-network', 'true');
    return end(204);
  }
  const isJson = /^application\/json\b/iu.test(request.headers['content-type'] ?? '');
  if (request.method !== 'POST' || request.url !== '/' || !isJson) return end(404);
  const session = parseBroughtSession(await readBody(request));
  if (session === undefined) return end(400);
  end(200);
  return session;
}

async function readBody(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8');
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > bodyLengthMax) return '';
  }
  return text;
}

/** Reads `{ email, JTWToken, RefreshToken }`; `undefined` for anything else. */
export function parseBroughtSession(text: string): BroughtSession | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (!isRecord(body)) return undefined;
    const { email, JTWToken: accessToken, RefreshToken: refreshToken } = body;
    if (typeof email !== 'string' || !isToken(accessToken) || !isToken(refreshToken)) return undefined;
    return { email, accessToken, refreshToken };
  } catch {
    return undefined;
  }
}

// The characters that a header and a cookie may have.
function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.~+/=-]{1,8192}$/u.test(value);
}
