import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface HeldRequest {
  readonly answered: Promise<IncomingMessage>;
  finish(): Promise<{ status: number | undefined; connection: string | undefined }>;
}

/**
 * A POST whose first half the server has received. The server confirms it by requesting the rest (RFC 9110, section
 * 10.1.1).
 */
export async function holdRequest(
  url: string,
  { token, json, path = '/api/v1/groups' }: { token: string; json: unknown; path?: string },
): Promise<HeldRequest> {
  const body = JSON.stringify(json);
  const held: ClientRequest = request(`${url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      expect: '100-continue',
    },
  });
  const answered = once(held, 'response').then(([response]: IncomingMessage[]) => {
    if (response === undefined) throw new TypeError('a response has a message');
    return response;
  });
  // The caller that awaits it gets the failure. Until then it is not unhandled.
  answered.catch(() => undefined);
  held.flushHeaders();
  await once(held, 'continue');
  held.write(body.slice(0, 3));
  return {
    answered,
    finish: async () => {
      held.end(body.slice(3));
      const response = await answered;
      await text(response);
      return { status: response.statusCode, connection: response.headers.connection };
    },
  };
}
