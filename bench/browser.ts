import { Pool } from 'undici';

/** A server's response, with its whole body. */
export interface Answer {
  readonly status: number;
  readonly location: string;
  readonly body: string;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: object;
}

/** Keep-alive connections to one origin, at most `connections` at a time. */
export interface Connections {
  send(call: Call, cookies?: Cookies): Promise<Answer>;
  close(): Promise<void>;
}

/** The cookies of one browser at one origin. Paths and ages are ignored, because a sign-in takes milliseconds. */
export type Cookies = Map<string, string>;

const usualDeadlineMs = 10_000;

/** Opens connections to an origin. A response after the deadline is an error. */
export function connect(origin: string, connections: number, deadlineMs = usualDeadlineMs): Connections {
  const pool = new Pool(origin, { connections, headersTimeout: deadlineMs, bodyTimeout: deadlineMs });
  return {
    async send({ method, path, headers, json }, cookies) {
      const response = await pool.request({
        method,
        path,
        headers: {
          accept: json === undefined ? 'text/html,application/json' : 'application/json',
          'user-agent': 'bench-driver',
          ...headers,
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...(cookies === undefined || cookies.size === 0 ? {} : { cookie: cookieHeader(cookies) }),
        },
        body: json === undefined ? null : JSON.stringify(json),
      });
      const body = await response.body.text();
      if (cookies !== undefined) keep(cookies, response.headers['set-cookie']);
      const { location } = response.headers;
      return { status: response.statusCode, location: typeof location === 'string' ? location : '', body };
    },
    close: () => pool.close(),
  };
}

function cookieHeader(cookies: Cookies): string {
  return Array.from(cookies, ([name, value]) => `${name}=${value}`).join('; ');
}

function keep(cookies: Cookies, header: string | string[] | undefined): void {
  for (const line of header === undefined ? [] : [header].flat()) {
    const pair = line.split(';', 1)[0] ?? '';
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals);
    const value = pair.slice(equals + 1);
    if (value === '' || /;\s*max-age=0/i.test(line)) cookies.delete(name);
    else cookies.set(name, value);
  }
}
