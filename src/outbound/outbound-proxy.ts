import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';

import type { Secret } from '../kernel/secret.ts';
import { headerBytesMax } from './limits.ts';
import type { OutboundEntry } from './outbound-allow.ts';
import { OutboundFailure } from './outbound-failure.ts';
import type { SocketLookup } from './socket-lookup.ts';

/** The operator's forward proxy for calls to identity providers. Proxy variables of the environment are ignored. */
export interface OutboundProxy {
  /** `http` or `https`, host, port, and optionally user and password. */
  readonly url: Secret;
  /** Hosts that are called directly. */
  readonly except: readonly OutboundEntry[];
  /** What the proxy connects to: the checked address, or the name. */
  readonly asksFor: 'address' | 'name';
}

interface Tunnel {
  readonly proxy: Pick<OutboundProxy, 'url'>;
  /** The target: a host or an address, and a port. */
  readonly host: string;
  readonly port: number;
  readonly trust: SecureContext;
  readonly lookup: (host: string) => SocketLookup;
  /** Ends the attempt and its tunnel. */
  readonly signal: AbortSignal;
}

/**
 * Lets the proxy connect to a host (RFC 9110, section 9.3.6) and returns the connection. The caller speaks TLS with the
 * host inside it, so the proxy sees neither path nor secret.
 *
 * @throws {@link OutboundFailure} `proxy_failed` with the reason `proxy_unreachable`, `proxy_refused` or `proxy_answer_invalid`
 */
export async function openTunnel({ proxy, host, port, trust, lookup, signal }: Tunnel): Promise<Socket> {
  const url = new URL(proxy.url.expose());
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const proxyHost = url.hostname.replace(/^\[|\]$/g, '');
  // Loaded only with a proxy: as an ES module, `node:http` creates all of its exports, and for WebSocket Node loads its
  // own fetch, which needs 7 MiB.
  const { request } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  const options = {
    method: 'CONNECT',
    host: proxyHost,
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    path: authority,
    headers: { host: authority, 'user-agent': 'sallyport', ...authorization(url) },
    agent: false,
    lookup: lookup(proxyHost),
    maxHeaderSize: headerBytesMax,
    // Passed on to `tls.connect`, although the type of these options does not list it.
    secureContext: trust,
    rejectUnauthorized: true,
    signal,
  };
  return new Promise((resolve, reject) => {
    const connecting = request(options);
    connecting.once('connect', (answer: IncomingMessage, socket: Socket, head: Buffer) => {
      const fault = faultOf(answer, head);
      if (fault === undefined) {
        signal.addEventListener('abort', () => socket.destroy(), { once: true });
        return resolve(socket);
      }
      socket.destroy();
      reject(fault);
    });
    connecting.once('response', (answer) => {
      answer.destroy();
      reject(proxyError('proxy_answer_invalid'));
    });
    connecting.once('error', (cause) => reject(proxyError('proxy_unreachable', { cause })));
    connecting.end();
  });
}

// RFC 7617, section 2. The parts are percent-encoded in the URL.
function authorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function faultOf({ statusCode = 0 }: IncomingMessage, head: Buffer): OutboundFailure | undefined {
  if (statusCode < 200 || statusCode > 299) return proxyError('proxy_refused', { proxyStatus: statusCode });
  // A provider does not send before it receives, so these bytes are dropped.
  return head.length > 0 ? proxyError('proxy_answer_invalid') : undefined;
}

function proxyError(
  reason: 'proxy_unreachable' | 'proxy_refused' | 'proxy_answer_invalid',
  { cause, ...found }: { cause?: Error; proxyStatus?: number } = {},
): OutboundFailure {
  const code = cause !== undefined && 'code' in cause ? { proxyReason: String(cause.code) } : {};
  return new OutboundFailure('proxy_failed', { cause, reason, ...code, ...found });
}
