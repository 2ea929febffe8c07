import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { connect, type Socket } from 'node:net';

/** The proxy's behaviour for a CONNECT request; by default it connects. */
export type ProxyDecision = 'connect' | 'hang' | 'greet' | { readonly status: number };

export interface ConnectProxyOptions {
  readonly decide?: (authority: string, request: IncomingMessage) => ProxyDecision;
  /** Serves the proxy itself over TLS. */
  readonly tls?: ServerOptions;
}

/**
 * A forward proxy on loopback that supports only `CONNECT`. It always connects to loopback, whatever the requested
 * host.
 */
export interface ConnectProxy {
  readonly port: number;
  /** The requested targets, in order. */
  readonly authorities: readonly string[];
  readonly requests: readonly IncomingMessage[];
  close(): Promise<void>;
}

export async function startConnectProxy({ decide, tls }: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const requests: IncomingMessage[] = [];
  const sockets = new Set<Socket>();
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    requests.push(request);
    const authority = request.url ?? '';
    const decision = decide?.(authority, request) ?? 'connect';
    client.on('error', () => undefined);
    if (decision === 'hang') return;
    if (typeof decision === 'object') {
      client.end(`HTTP/1.1 ${decision.status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(Number(authority.slice(authority.lastIndexOf(':') + 1)), '127.0.0.1', () => {
      client.write(
        `HTTP/1.1 200 Connection established\r\n\r\n${decision === 'greet' ? 'HTTP/1.1 200 OK\r\n\r\n' : ''}`,
      );
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    requests,
    get authorities() {
      return requests.map(({ url = '' }) => url);
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
