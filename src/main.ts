#!/usr/bin/env node
/**
 * The only process entry: without arguments the plain server, otherwise the command line. It switches the compile cache
 * on before anything else is loaded: with it a start takes about half the time and a fifth less memory, since no source
 * needs to be stripped of its types and compiled again. What a command does not need is not loaded at all.
 */
import module from 'node:module';
import { fileURLToPath } from 'node:url';

module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/sallyport', import.meta.url)));
const args = process.argv.slice(2);
if (args.length === 0) await serve();
else await runCommand();

async function serve(): Promise<void> {
  const server = await import('./serve.ts');
  await server.serve();
}

async function runCommand(): Promise<void> {
  // Whoever reads the output has had enough, `head` for instance.
  process.stdout.on('error', () => process.exit(0));
  const [{ runCli }, { systemClock }] = await Promise.all([import('./cli/run-cli.ts'), import('./kernel/clock.ts')]);
  const world = {
    args,
    env: process.env,
    streams: {
      // Merely looking at standard input opens it.
      get input() {
        return process.stdin;
      },
      output: process.stdout,
      errors: process.stderr,
    },
    platform: process.platform,
    clock: systemClock,
    fetch: async (url: URL, init: RequestInit) => fetch(url, init),
  };
  process.exitCode = await runCli(world, async (name, input) => {
    if (name === 'serve') {
      await serve();
      return { ok: true, text: '' };
    }
    const { runServerCommand } = await import('./server-commands/run-server-command.ts');
    return runServerCommand(name, { input, env: process.env });
  });
}
