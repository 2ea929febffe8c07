import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

import { DemoProblem } from './demo-problem.ts';

const foreignMemoryHint =
  'Perhaps data/demo.json belongs to another database. ' +
  'If nothing in the folder data is worth keeping, delete the folder and start the demo again.';

export interface ApiRequest<Answer extends TSchema> {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly token?: string;
  readonly body?: object;
  /** The schema of a successful response. */
  readonly answer: Answer;
}

/** A client of the server's public API. */
export interface ApiClient {
  /** @throws {DemoProblem} with the server's message when it rejects the request */
  call<Answer extends TSchema>(request: ApiRequest<Answer>): Promise<Static<Answer>>;
  /** The same, but `undefined` for a missing resource (404). */
  find<Answer extends TSchema>(request: ApiRequest<Answer>): Promise<Static<Answer> | undefined>;
}

/** Creates a client for the server at the given address. */
export function createApiClient(baseUrl: string): ApiClient {
  return {
    call: async (request) => read(request, await send(baseUrl, request)),
    find: async (request) => {
      const response = await send(baseUrl, request);
      return response.status === 404 ? undefined : read(request, response);
    },
  };
}

async function send(baseUrl: string, request: ApiRequest<TSchema>): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' });
  if (request.token !== undefined) headers.set('authorization', `Bearer ${request.token}`);
  if (request.body !== undefined) headers.set('content-type', 'application/json');
  const body = request.body === undefined ? null : JSON.stringify(request.body);
  try {
    return await fetch(new URL(request.path, baseUrl), { method: request.method, headers, body });
  } catch (cause) {
    throw new DemoProblem(`The server at ${baseUrl} does not answer.`, { cause });
  }
}

async function read<Answer extends TSchema>(request: ApiRequest<Answer>, response: Response): Promise<Static<Answer>> {
  const text = await response.text();
  if (!response.ok) {
    const refusal = `The server refused ${request.method} ${request.path} (${response.status}): ${text}`;
    throw new DemoProblem([401, 403].includes(response.status) ? `${refusal}\n${foreignMemoryHint}` : refusal);
  }
  const content: unknown = JSON.parse(text);
  if (Value.Check(request.answer, content)) return content;
  throw new DemoProblem(`The server's answer to ${request.method} ${request.path} has an unknown form.`);
}
