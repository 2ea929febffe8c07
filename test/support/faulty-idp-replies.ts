import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The response of an endpoint, before it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Buffer;
  /** How to send it, if not completely and at once. */
  readonly fault?: Fault;
}

export type Fault =
  /** Accepts the request and does not respond. */
  | 'hang'
  /** Closes the connection without a response. */
  | 'close'
  /** Sends the headers, then half of the body, then closes. */
  | 'cut'
  /** Sends the headers, then bytes without end. */
  | 'endless'
  /** Sends the headers, then one byte each 20 milliseconds without end. */
  | 'drip'
  /** Writes to the socket itself. */
  | { readonly raw: (socket: Socket) => void }
  /** Sends the response when this resolves. */
  | { readonly after: Promise<void> };

/** An ordinary JSON reply. */
export function jsonReply(body: unknown, status = 200): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

/** Sends a reply, with its fault. */
export async function sendReply(reply: Reply, response: ServerResponse): Promise<void> {
  const { fault } = reply;
  if (typeof fault === 'object' && 'after' in fault) {
    await fault.after;
    return sendWhole(reply, response);
  }
  if (typeof fault === 'object') {
    const { socket } = response;
    return socket === null ? undefined : fault.raw(socket);
  }
  switch (fault) {
    case 'hang':
      return;
    case 'close':
      response.destroy();
      return;
    case 'cut':
      response.writeHead(reply.status, { ...reply.headers, 'content-length': String(Buffer.byteLength(reply.body)) });
      response.write(reply.body.slice(0, reply.body.length / 2), () => response.destroy());
      return;
    case 'endless':
      response.writeHead(reply.status, reply.headers);
      pour(response);
      return;
    case 'drip':
      response.writeHead(reply.status, reply.headers);
      drip(response);
      return;
    case undefined:
      sendWhole(reply, response);
  }
}

function sendWhole({ status, headers, body }: Reply, response: ServerResponse): void {
  response.writeHead(status, headers).end(body);
}

function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(65_536, ' ');
  const more = () => {
    while (!response.destroyed && response.write(chunk)) {
      // Until the socket's buffer is full.
    }
  };
  response.on('drain', more);
  more();
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
}
