import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { signInAt } from '../../test/support/practice-idp.ts';
import { DemoProblem } from './demo-problem.ts';
import type { DemoSettings } from './demo-settings.ts';
import { runDemo } from './run-demo.ts';

const anyPorts = { ports: [0], host: '127.0.0.1', practicePorts: [0] };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-demo-'));
});

afterEach(() => rm(folder, { recursive: true }));

interface StartOptions {
  readonly onStart?: (requestStop: () => void) => void;
  /** Receives each text that the demo prints. */
  readonly printed?: string[];
}

/** Starts the demo. `announced` is the text that it prints when everything runs. */
function start(settings: DemoSettings = anyPorts, { onStart = () => undefined, printed = [] }: StartOptions = {}) {
  const announced = Promise.withResolvers<string>();
  const stopCallbacks: (() => void)[] = [];
  const ended = runDemo({
    settings,
    folder,
    env: { PATH: process.env['PATH'] },
    print: (text) => {
      printed.push(text);
      if (text.includes('Sallyport is running')) announced.resolve(text);
    },
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
  const departure = await fetch(find(announcement, /directly +(\S+)/), { redirect: 'manual' });
  const cookie = departure.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  const callback = await signInAt(new URL(departure.headers.get('location') ?? ''), person);
  return fetch(callback, { redirect: 'manual', headers: { cookie, accept: 'text/html' } });
}

describe('the demo', () => {
  it('has a connection to its own practice provider, through which its users can sign in', async () => {
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

  it('continues with the same data at the next start, even on other ports', async () => {
    const organization = /organization +(\S+)\n/;
    const password = /password +(\S+)\n/;
    const first = await during(async (announcement) => announcement);
    await during(async (announcement) => {
      expect(find(announcement, organization)).toBe(find(first, organization));
      expect(find(announcement, password)).toBe(find(first, password));
      expect((await signIn(announcement, 'bob')).headers.getSetCookie().join()).toContain('jid=');
    });
  });

  it('says what to delete if the credentials for its data are missing', async () => {
    await during(async () => undefined);
    await rm(join(folder, 'data/demo.json'));
    const refusal = start().ended;
    await expect(refusal).rejects.toThrow(DemoProblem);
    await expect(refusal).rejects.toThrow('delete the folder');
  });

  it('exits with code 0 if it is stopped while it starts', async () => {
    expect(await start(anyPorts, { onStart: (stop) => stop() }).ended).toBe(0);
  });

  it.each(['ports', 'practicePorts'] as const)('does not start if the only %s is taken', async (name) => {
    const other = await occupyPort();
    const refusal = start({ ...anyPorts, [name]: [other.port] }).ended;
    await expect(refusal).rejects.toThrow(DemoProblem);
    await expect(refusal).rejects.toThrow(/^Port \d+ is taken.*choose another/);
    other.release();
  });

  it('uses the next free ports and says so', async () => {
    const others = await Promise.all([occupyPort(), occupyPort()]);
    const [server, practice] = others.map(({ port }) => [port, 0]);
    const printed: string[] = [];
    const demo = start({ ...anyPorts, ports: server ?? [], practicePorts: practice ?? [] }, { printed });
    const announcement = await demo.announced;
    expect(printed.filter((line) => line.includes('is taken'))).toEqual([
      expect.stringMatching(new RegExp(`^Port ${others[0]?.port} is taken.*server`)),
      expect.stringMatching(new RegExp(`^Port ${others[1]?.port} is taken.*practice identity provider`)),
    ]);
    expect((await signIn(announcement, 'bob')).headers.getSetCookie().join()).toContain('jid=');
    demo.requestStop();
    expect(await demo.ended).toBe(0);
    for (const other of others) other.release();
  });
});

/** Listens on a port, so that it is in use. */
async function occupyPort(): Promise<{ port: number; release: () => void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a server that listens has a port');
  return { port: address.port, release: () => server.close() };
}
