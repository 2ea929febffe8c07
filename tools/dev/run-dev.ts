import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { systemRandom } from '../../src/kernel/random.ts';
import { announcement } from '../demo/announcement.ts';
import { createApiClient } from '../demo/api-client.ts';
import { readDemoMemory, writeDemoMemory } from '../demo/demo-memory.ts';
import { startServerProcess } from '../demo/server-process.ts';
import { demoOrganization, setUpServer } from '../demo/set-up-server.ts';
import { practicePeople } from '../practice-idp/practice-people.ts';

/** The password of the instance admin and the client secret at the practice provider. For development on this machine only. */
const developmentSecret = 'for-development-only';
const clientId = 'sallyport-demo';

interface DevParts {
  /** The project's folder. The data is kept in `.cache/dev` there. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options of Node for the server, such as `--inspect`. */
  readonly nodeOptions: readonly string[];
  readonly print: (text: string) => void;
  readonly onStopRequest: (callback: () => void) => void;
}

/**
 * Runs the server and the practice identity provider until it is asked to stop. Both restart when a file that they loaded
 * changes. The credentials are the same at every start, and the data stays.
 *
 * @returns the exit code
 */
export async function runDev({ root, env, nodeOptions, print, onStopRequest }: DevParts): Promise<number> {
  const port = env['PORT'] || '8080';
  const practicePort = env['PRACTICE_IDP_PORT'] || '9090';
  const siteUrl = `http://localhost:${port}`;
  const data = join(root, '.cache', 'dev');
  await mkdir(data, { recursive: true });
  const practice = startServerProcess({
    arguments: ['--watch', '--watch-preserve-output', join(root, 'tools/dev/practice-idp.ts')],
    folder: root,
    env: {
      ...env,
      PRACTICE_IDP_PORT: practicePort,
      PRACTICE_CLIENT_ID: clientId,
      PRACTICE_CLIENT_SECRET: developmentSecret,
      PRACTICE_REDIRECT_URI: `${siteUrl}/api/v1/sso/oidc/callback`,
    },
    print,
  });
  const server = startServerProcess({
    arguments: ['--watch', '--watch-preserve-output', ...nodeOptions, join(root, 'src/start.mjs')],
    folder: root,
    env: {
      LOG_LEVEL: 'info',
      SALLYPORT_DRAIN_SECONDS: '0',
      ...env,
      SITE_URL: siteUrl,
      PORT: port,
      DATABASE_URL: `sqlite:${join(data, 'sallyport.db')}`,
      SALLYPORT_OUTBOUND_ALLOW: `127.0.0.1:${practicePort}`,
      SALLYPORT_VERIFIED_DOMAINS: `${demoOrganization.domain}:${demoOrganization.slug}`,
    },
    print,
  });
  const stop = async () => {
    await Promise.all([server.stop(), practice.stop()]);
  };
  onStopRequest(() => void stop());
  try {
    const issuer = await practice.ready;
    await server.ready;
    const file = join(data, 'dev.json');
    const ready = await setUpServer({
      api: createApiClient(siteUrl),
      random: { ...systemRandom, token: () => developmentSecret },
      discoveryUrl: `${issuer}/.well-known/openid-configuration`,
      remembered: await readDemoMemory(file),
      remember: (memory) => writeDemoMemory(file, memory),
    });
    print(announcement({ siteUrl, issuer, people: practicePeople, server: ready, data }));
    return await server.exited;
  } finally {
    await stop();
  }
}
