import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Accepted } from './advisories/accepted.ts';
import { judgeHoles } from './advisories/judge-holes.ts';
import type { Hole } from './advisories/read-holes.ts';

const root = dirname(import.meta.dirname);

interface Advisory {
  readonly name: string;
  readonly severity: string;
}

/** A registry that returns advisories like the public one; without advisories its endpoint is missing. */
async function startRegistry(advisories: readonly Advisory[] | undefined): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request);
      const answer = (status: number, value: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      if (request.method === 'GET') {
        const name = decodeURIComponent(request.url?.slice(1) ?? '');
        answer(200, { name, 'dist-tags': {}, versions: { '1.0.0': { name, version: '1.0.0' } } });
      } else if (advisories === undefined || !request.url?.endsWith('/advisories/bulk')) {
        answer(405, {});
      } else {
        const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
        const asked: Record<string, string[]> = JSON.parse(plain.toString());
        answer(
          200,
          Object.fromEntries(
            advisories
              .filter(({ name }) => name in asked)
              .map(({ name, severity }, id) => [
                name,
                [
                  {
                    id: id + 1,
                    url: `https://github.com/advisories/GHSA-${name}`,
                    title: `A hole in ${name}`,
                    severity,
                    vulnerable_versions: '<=1.0.0',
                    cwe: [],
                    cvss: { score: 0, vectorString: null },
                  },
                ],
              ]),
          ),
        );
      }
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/` };
}

describe('H281: the check for known vulnerabilities', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-advisories-'));
    const manifest = {
      name: 'practice',
      version: '1.0.0',
      dependencies: { shipped: '1.0.0' },
      devDependencies: { tool: '1.0.0' },
    };
    const at = { version: '1.0.0', resolved: 'http://127.0.0.1/x.tgz' };
    const packages = { '': manifest, 'node_modules/shipped': at, 'node_modules/tool': { ...at, dev: true } };
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
    await writeFile(
      join(folder, 'package-lock.json'),
      JSON.stringify({ ...manifest, lockfileVersion: 3, requires: true, packages }),
    );
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  /** Runs the check itself, with npm's own client, against a registry. */
  async function run(registry: string) {
    const env = { ...process.env, npm_config_registry: registry, npm_config_cache: join(folder, 'cache') };
    const child = spawn(process.execPath, [join(root, 'tools/advisories.ts'), folder], { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    }
    const [code] = await once(child, 'close');
    return { code, output };
  }

  async function runWith(advisories: readonly Advisory[] | undefined) {
    const { server, url } = await startRegistry(advisories);
    try {
      return await run(url);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  }

  it('passes without advisories', async () => {
    expect(await runWith([])).toEqual({ code: 0, output: 'no serious vulnerability is known\n' });
  });

  it.each(['high', 'critical'])('fails for a %s one in a runtime dependency', async (severity) => {
    const { code, output } = await runWith([{ name: 'shipped', severity }]);
    expect(code).toBe(1);
    expect(output).toContain(`FAILED: GHSA-shipped shipped, ${severity}: A hole in shipped`);
  });

  it('reports minor ones and those in development tools, and passes', async () => {
    const { code, output } = await runWith([
      { name: 'shipped', severity: 'moderate' },
      { name: 'tool', severity: 'critical' },
    ]);
    expect(code).toBe(0);
    expect(output).toContain('known: GHSA-shipped shipped, moderate: A hole in shipped');
    expect(output).toContain('known: GHSA-tool tool, critical, of the tools alone: A hole in tool');
  });

  it('is skipped with the reason if the registry does not answer or has no data', async () => {
    const untold = await runWith(undefined);
    expect(untold).toEqual({ code: 0, output: expect.stringMatching(/^skipped: .* \(405 Method Not Allowed - POST/) });
    const { server, url } = await startRegistry([]);
    server.close();
    await once(server, 'close');
    expect(await run(url)).toEqual({ code: 0, output: expect.stringMatching(/^skipped: .*ECONNREFUSED/) });
  });
});

describe('H281: an accepted vulnerability', () => {
  const hole: Hole = { id: 'GHSA-1', name: 'shipped', severity: 'high', title: 'A hole', isShipped: true };
  const until = (day: string): Accepted => ({ id: 'GHSA-1', why: 'it cannot be reached', until: day });
  const now = '2026-11-24T08:00:00.000Z';

  it('is accepted until its date', () => {
    expect(judgeHoles([hole], [until('2026-11-24')], now)).toEqual({ serious: [], others: [hole], outdated: [] });
    const late = until('2026-11-23');
    expect(judgeHoles([hole], [late], now)).toEqual({ serious: [hole], others: [], outdated: [late] });
  });

  it('must be removed from the list once it is fixed', () => {
    const mended = until('2026-12-31');
    expect(judgeHoles([], [mended], now)).toEqual({ serious: [], others: [], outdated: [mended] });
  });
});

// `--omit=dev` makes npm leave out the server's packages that a tool also needs, so the list includes the tools.
it("H281: the release's bill of materials names every package with its hash and marks development tools", async () => {
  const run = spawn('npm', ['run', '-s', 'sbom'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const list: { components: Component[] } = JSON.parse(await text(run.stdout));
  const lock: { packages: Record<string, { version: string; dev?: true; integrity?: string }> } = JSON.parse(
    await readFile(join(root, 'package-lock.json'), 'utf8'),
  );
  const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
  const named = packages.map(([path, { version, integrity, dev = false }]) => {
    const name = path.split('node_modules/').at(-1)?.replace('@', '%40');
    // For platform-specific tools of other platforms the lock file does not have this information.
    const hash = integrity && Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
    return `pkg:npm/${name}@${version} ${hash} ${dev}`;
  });
  const listed = list.components.map(({ purl, hashes, properties }) => {
    const isTool = properties?.some(({ name }) => name === 'cdx:npm:package:development') ?? false;
    return `${purl} ${hashes?.[0]?.content} ${isTool}`;
  });
  expect(listed.filter((line) => line.endsWith('false')).length).toBeGreaterThan(50);
  // npm 10 lists a package once per installation, npm 11 once.
  expect([...new Set(listed)].toSorted()).toEqual([...new Set(named)].toSorted());
});

interface Component {
  readonly purl: string;
  readonly hashes?: readonly { readonly content: string }[];
  readonly properties?: readonly { readonly name: string }[];
}
