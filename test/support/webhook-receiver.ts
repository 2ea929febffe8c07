import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { Webhook } from 'standardwebhooks';

/** A message as it arrived. */
export interface Received {
  readonly id: string;
  readonly timestampSeconds: number;
  readonly signatures: readonly string[];
  readonly body: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- what a test expects of a message is what the test asserts
  readonly message: any;
}

/** The response to a message: a status with headers and a body, or none. */
export type ReceiverReply =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'silence';

/** A receiver of webhooks on a real socket. */
export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** The maximum number of messages at once. */
  readonly atOnceMax: () => number;
  /** Sets the responses from now on; the default is 204. */
  answer(reply: (received: Received) => ReceiverReply | Promise<ReceiverReply>): void;
  /** Resolves when this many messages have arrived since the start. */
  count(wanted: number): Promise<void>;
  close(): Promise<void>;
}

export async function startWebhookReceiver(port = 0): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const listeners = new Set<() => void>();
  let reply: Parameters<WebhookReceiver['answer']>[0] = () => ({ status: 204 });
  let atOnce = 0;
  let atOnceMax = 0;

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    atOnce += 1;
    atOnceMax = Math.max(atOnceMax, atOnce);
    response.once('close', () => (atOnce -= 1));
    const body = await text(request);
    const each: Received = {
      id: String(request.headers['webhook-id']),
      timestampSeconds: Number(request.headers['webhook-timestamp']),
      signatures: String(request.headers['webhook-signature']).split(' '),
      body,
      message: JSON.parse(body),
    };
    received.push(each);
    for (const listener of listeners) listener();
    const answer = await reply(each);
    if (answer !== 'silence') response.writeHead(answer.status, answer.headers ?? {}).end(answer.body);
  }

  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a server has a port');
  return {
    url: `http://127.0.0.1:${address.port}/audit`,
    received,
    atOnceMax: () => atOnceMax,
    answer: (next) => void (reply = next),
    count: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          if (received.length < wanted) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
      }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Whether one of a message's signatures was made with a secret, by the reference implementation of Standard Webhooks. */
export function isSignedWith(secret: string, { id, timestampSeconds, body, signatures }: Received): boolean {
  return signatures.includes(new Webhook(secret).sign(id, new Date(timestampSeconds * 1000), body));
}

/** The sequences of all entries, in the order of arrival. */
export function sequencesOf(received: readonly Received[]): number[] {
  return received.flatMap(({ message }) =>
    message.type === 'audit.entries' ? message.data.entries.map(({ sequence }: { sequence: number }) => sequence) : [],
  );
}
