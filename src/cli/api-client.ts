import type { CliWorld } from './cli-world.ts';
import { CliFailure, type ExitReason } from './cli-failure.ts';
import { plain } from './output.ts';

const timeoutMs = 30_000;

/** A request to the API. */
export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Values that are `undefined` are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The expected response is lines of JSON, which are returned as text. An error is a JSON object even then. */
  readonly accept?: typeof linesOfJson | typeof pemFile;
}

/** The media type of lines of JSON. */
export const linesOfJson = 'application/x-ndjson';
/** The media type of a certificate. */
export const pemFile = 'application/x-pem-file';

/** The response of the API, successful or not. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The body of an error response. */
export interface ApiProblem {
  readonly code: string;
  readonly message: string;
  readonly reqId: string;
  readonly details: readonly { readonly path: string; readonly message: string }[];
}

/**
 * Sends one request to a server. Redirects are not followed, so a token goes only to the server it is for.
 *
 * @throws {CliFailure} when there is no response, or one of another media type.
 */
export async function sendRequest(
  world: Pick<CliWorld, 'fetch'>,
  { site, path }: { site: string; path: string },
  { method = 'GET', query = {}, body, headers = {}, accept }: ApiRequest,
): Promise<ApiAnswer> {
  const url = new URL(path, site);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const {
    status,
    headers: told,
    text,
  } = await world
    .fetch(url, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: accept ?? 'application/json',
        'user-agent': 'sallyport-cli',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    .then(async (response) => ({
      status: response.status,
      headers: response.headers,
      text: await response.text(),
    }))
    .catch((cause: unknown) => {
      throw new CliFailure('unreachable', `${site} does not respond${reasonOf(cause)}. Check the address.`);
    });
  if (accept !== undefined && told.get('content-type')?.startsWith(accept) === true) {
    return { status, headers: told, body: text };
  }
  try {
    return { status, headers: told, body: JSON.parse(text) };
  } catch {
    throw new CliFailure(
      'unreachable',
      `${site} answered ${status}, but not as a Sallyport server does. Check the address.`,
    );
  }
}

// fetch throws an error whose cause has the message of the operating system.
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : undefined;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return code === undefined ? '' : ` (${plain(code)})`;
}

export function isSuccess({ status }: ApiAnswer): boolean {
  return status >= 200 && status < 300;
}

/** The error in a response. */
export function problemOf({ status, body }: ApiAnswer): ApiProblem {
  const fields = isRecord(body) ? body : {};
  const details = Array.isArray(fields['details']) ? fields['details'].filter(isRecord) : [];
  return {
    code: textOf(fields['code']),
    message: textOf(fields['message']) || `The server answered ${status}.`,
    reqId: textOf(fields['reqId']),
    details: details.map(({ path, message }) => ({ path: textOf(path), message: textOf(message) })),
  };
}

/** Turns a refusal of the API into one line with what to do. */
export function failureOf(answer: ApiAnswer): CliFailure {
  const { code, message, reqId, details } = problemOf(answer);
  const issues = details.map((issue) => `${issue.path}: ${issue.message}`).join('; ');
  const facts = [code, reqId === '' ? '' : `request ${reqId}`].filter((fact) => fact !== '').join(', ');
  const text = `${message}${issues === '' || message.includes(issues) ? '' : ` ${issues}`}${facts === '' ? '' : ` (${facts})`}`;
  const advice = adviceFor(code);
  return new CliFailure(reasonFor(answer.status, code), plain(advice === '' ? text : `${text} ${advice}`));
}

/** The server, a proxy in front of it, or a system that it depends on (424) is not available now. */
const unreachableStatuses: readonly number[] = [424, 429, 502, 503, 504];

function reasonFor(status: number, code: string): ExitReason {
  if (status === 401 || code === 'token_invalid') return 'signIn';
  return unreachableStatuses.includes(status) ? 'unreachable' : 'failed';
}

function adviceFor(code: string): string {
  switch (code) {
    case 'token_missing':
    case 'token_invalid':
    case 'refresh_token_invalid':
      return 'Log in: sallyport login';
    case 'organization_not_selected':
      return 'Run: sallyport organization use <id-or-slug>';
    case 'user_token_required':
      return 'A user must log in for this: sallyport login';
    case 'machine_token_required':
      return 'A machine identity must log in for this.';
    default:
      return '';
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
