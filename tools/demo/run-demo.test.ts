import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { signInAt } from '../../test/support/practice-idp.ts';
import { DemoProblem } from './demo-problem.ts';
import { runDemo } from './run-demo.ts';

const anyPorts = { port: 0, host: '127.0.0.1', practicePort: 0 };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-demo-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** Starts the demo; `announced` is what it prints when everything runs. */
function start(settings = anyPorts, onStart: (requestStop: () => void) => void = () => undefined) {
  const announced = Promise.withResolvers<string>();
  const stopCallbacks: (() => void)[] = [];
  const ended = runDemo({
    settings,
    folder,
    env: { PATH: process.env['PATH'] },
    print: (text) => text.includes('Sallyport is running') && announced.resolve(text),
    onStopRequest: (callback) => {
      stopCallbacks.push(callback);
      onStart(callback);
    },
  });
  ended.catch(announced.reject);
  announced.promise.catch(() => undefined);
  return { announced: announced.promise, ended, requestStop: () => stopCallbacks.forEach((callback) => callback()) };
}

/** Runs the demo once, does something while it runs, and stops it. */
async function during<Result>(act: (announcement: string) => Promise<Result>): Promise<Result> {
  const demo = start();
  const announcement = await demo.announced;
  try {
    return await act(announcement);
  } finally {
    demo.requestStop();
    expect(await demo.ended).toBe(0);
  }
}

function find(announcement: string, pattern: RegExp): string {
  const found = pattern.exec(announcement)?.[1];
  if (found === undefined) throw new TypeError(`${pattern} is not in: ${announcement}`);
  return found;
}

async function readConfig(announcement: string): Promise<unknown> {
  const [, authorization = '', url = ''] = /curl -H 'Authorization: ([^']+)' '([^']+)'/.exec(announcement) ?? [];
  return (await fetch(url, { headers: { authorization } })).json();
}

async function signIn(announcement: string, person: string): Promise<Response> {
  const departure = await fetch(find(announcement, /at once +(\S+)/), { redirect: 'manual' });
  const cookie = departure.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  const callback = await signInAt(new URL(departure.headers.get('location') ?? ''), person);
  return fetch(callback, { redirect: 'manual', headers: { cookie, accept: 'text/html' } });
}

describe('the demo', () => {
  it('has a configuration of its own practice provider, through which its people can sign in', async () => {
    await during(async (announcement) => {
      const issuer = find(announcement, /issuer +(\S+)/);
      expect(await readConfig(announcement)).toMatchObject({
        discoveryURL: `${issuer}/.well-known/openid-configuration`,
        isActive: true,
        allowedEmailDomains: 'acme.example',
        manageGroupMemberships: true,
      });
      const welcome = await signIn(announcement, 'alice');
      expect(welcome.headers.getSetCookie().join()).toContain('jid=');
      const refusal = await signIn(announcement, 'mallory');
      expect(refusal.headers.getSetCookie().join()).not.toContain('jid=');
      expect(refusal.headers.get('location')).toContain('/login/error');
    });
  });

  it('goes on with the same data at the next start, at other ports, too', async () => {
    const organization = /organization +(\S+)\n/;
    const password = /password +(\S+)\n/;
    const first = await during(async (announcement) => announcement);
    await during(async (announcement) => {
      expect(find(announcement, organization)).toBe(find(first, organization));
      expect(find(announcement, password)).toBe(find(first, password));
      expect((await signIn(announcement, 'bob')).headers.getSetCookie().join()).toContain('jid=');
    });
  });

  it('says what to delete when the credentials for its data are gone', async () => {
    await during(async () => undefined);
    await rm(join(folder, 'data/demo.json'));
    const refusal = start().ended;
    await expect(refusal).rejects.toThrow(DemoProblem);
    await expect(refusal).rejects.toThrow('delete the folder');
  });

  it('ends with code 0 when it is asked to stop while it starts', async () => {
    expect(await start(anyPorts, (stop) => stop()).ended).toBe(0);
  });

  it.each(['port', 'practicePort'] as const)('says so when its %s is taken', async (name) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const refusal = start({ ...anyPorts, [name]: port }).ended;
    await expect(refusal).rejects.toThrow(DemoProblem);
    await expect(refusal).rejects.toThrow(/[Pp]ort \d+.* is taken/);
    other.close();
  });
});
