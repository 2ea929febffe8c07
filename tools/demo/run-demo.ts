import { join } from 'node:path';

import { systemRandom } from '../../src/kernel/random.ts';
import { practicePeople } from '../practice-idp/practice-people.ts';
import { startPracticeIdp, type PracticeIdp } from '../practice-idp/start-practice-idp.ts';
import { announcement } from './announcement.ts';
import { createApiClient } from './api-client.ts';
import { readDemoMemory, writeDemoMemory } from './demo-memory.ts';
import { DemoProblem } from './demo-problem.ts';
import type { DemoSettings } from './demo-settings.ts';
import { findPort, systemCode } from './find-port.ts';
import { startServerProcess, type ServerProcess } from './server-process.ts';
import { demoOrganization, setUpServer, type ReadyServer } from './set-up-server.ts';

const serverProgram = join(import.meta.dirname, '../../src/start.mjs');

interface DemoParts {
  readonly settings: DemoSettings;
  /** The folder in which `data` is created. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (text: string) => void;
  /** Calls back on each request to stop. */
  readonly onStopRequest: (callback: () => void) => void;
}

/**
 * Runs the demo until it is asked to stop or its server ends.
 *
 * @returns the exit code: 0 when it was asked to stop, else the server's
 * @throws {DemoProblem} when it cannot run as things are
 */
export async function runDemo(parts: DemoParts): Promise<number> {
  const port = await findServerPort(parts);
  const practice = await startPractice(parts);
  try {
    const server = startServer(parts, port, practice);
    return await attend(parts, server, { siteUrl: siteUrlOf(port), practice });
  } finally {
    await practice.close();
  }
}

// From here on the server must not outlive this function, in any case.
async function attend(
  { folder, print, onStopRequest }: DemoParts,
  server: ServerProcess,
  { siteUrl, practice }: { siteUrl: string; practice: PracticeIdp },
): Promise<number> {
  let stopRequests = 0;
  onStopRequest(() => {
    stopRequests += 1;
    if (stopRequests > 1) server.kill();
    else void server.stop();
  });
  try {
    await server.ready;
    const ready = await rememberedSetUp(join(folder, 'data/demo.json'), siteUrl, practice);
    print(announcement({ siteUrl, issuer: practice.issuer, people: practice.people(), server: ready, data: './data' }));
    const exitCode = await server.exited;
    if (stopRequests > 0) return 0;
    print(`The server ended by itself, with exit code ${exitCode}.`);
    return exitCode;
  } catch (error) {
    // A stop during the start is not a problem.
    if (stopRequests > 0) return 0;
    throw error;
  } finally {
    await server.stop();
  }
}

async function rememberedSetUp(file: string, siteUrl: string, practice: PracticeIdp): Promise<ReadyServer> {
  const server = await setUpServer({
    api: createApiClient(siteUrl),
    random: systemRandom,
    discoveryUrl: practice.discoveryUrl,
    remembered: await readDemoMemory(file),
    remember: (next) => writeDemoMemory(file, next),
  });
  practice.registerClient({ ...server.memory.practiceClient, redirectUris: [`${siteUrl}/api/v1/sso/oidc/callback`] });
  return server;
}

function siteUrlOf(port: number): string {
  return `http://localhost:${port}`;
}

async function findServerPort({ settings, print }: DemoParts): Promise<number> {
  const { host, ports } = settings;
  for (const [index, port] of ports.entries()) {
    const found = await findPort(host, port);
    if ('port' in found && !(await isTakenOverIpv6(found.port))) return found.port;
    if ('refusal' in found && found.refusal !== 'EADDRINUSE') {
      const advice = 'Choose others with HOST and PORT.';
      throw new DemoProblem(`The server cannot listen on ${host}, port ${port} (${found.refusal}). ${advice}`);
    }
    tellOfNext({ port, next: ports[index + 1], purpose: 'the server', print });
  }
  const advice = 'Stop the program that uses it, or choose another one: PORT=8181 npm run demo';
  throw new DemoProblem(`${describePorts(ports)}. ${advice}`);
}

// A browser may resolve `localhost` to ::1 first, where another program could respond instead of the server.
async function isTakenOverIpv6(port: number): Promise<boolean> {
  const found = await findPort('::1', port);
  return 'refusal' in found && found.refusal === 'EADDRINUSE';
}

async function startPractice({ settings, print }: DemoParts): Promise<PracticeIdp> {
  const { practicePorts: ports } = settings;
  for (const [index, port] of ports.entries()) {
    try {
      return await startPracticeIdp({ port, people: practicePeople, clients: [] });
    } catch (error) {
      const code = systemCode(error);
      if (code === undefined) throw error;
      if (code !== 'EADDRINUSE') {
        const problem = `The practice identity provider cannot listen on port ${port} (${code}).`;
        throw new DemoProblem(`${problem} Choose another one with PRACTICE_IDP_PORT.`, { cause: error });
      }
      tellOfNext({ port, next: ports[index + 1], purpose: 'the practice identity provider', print });
    }
  }
  const advice = 'Stop the program that uses it, or choose another one: PRACTICE_IDP_PORT=9191 npm run demo';
  throw new DemoProblem(`${describePorts(ports)}, for the practice identity provider. ${advice}`);
}

interface TakenPort {
  readonly port: number;
  /** The next port to try, if any. 0 means any free port. */
  readonly next: number | undefined;
  readonly purpose: string;
  readonly print: (text: string) => void;
}

function tellOfNext({ port, next, purpose, print }: TakenPort): void {
  if (next === undefined) return;
  print(`Port ${port} is taken. Trying ${next === 0 ? 'any free port' : `port ${next}`} for ${purpose}.`);
}

function describePorts(ports: readonly number[]): string {
  const [first = 0, last = first] = [ports.at(0), ports.at(-1)];
  return first === last ? `Port ${first} is taken` : `Ports ${first} to ${last} are taken`;
}

function startServer(parts: DemoParts, port: number, practice: PracticeIdp): ServerProcess {
  const { settings, folder, env, print } = parts;
  return startServerProcess({
    arguments: [serverProgram],
    folder,
    env: {
      LOG_LEVEL: 'warn',
      // There is no load balancer that needs time to notice the shutdown.
      SALLYPORT_DRAIN_SECONDS: '0',
      ...env,
      SITE_URL: siteUrlOf(port),
      HOST: settings.host,
      PORT: String(port),
      DATABASE_URL: 'sqlite:data/sallyport.db',
      // The practice provider runs on this computer and uses plain HTTP. Every other provider must use HTTPS.
      SALLYPORT_OUTBOUND_ALLOW: new URL(practice.issuer).host,
      // An e-mail address in this domain leads to the organization's provider.
      SALLYPORT_VERIFIED_DOMAINS: `${demoOrganization.domain}:${demoOrganization.slug}`,
    },
    print,
  });
}
