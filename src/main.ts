/**
 * The program, which `start.mjs` loads: without arguments the server, otherwise the command line. Code that a command
 * does not need is
 * not loaded.
 */
const args = process.argv.slice(2);
if (args.length === 0) await serve();
else await runCommand();

async function serve(): Promise<void> {
  const { loadServer } = await import('./load-server.ts');
  const server = await loadServer();
  await server.serve();
}

async function runCommand(): Promise<void> {
  // The reader of the output, such as `head`, has closed it.
  process.stdout.on('error', () => process.exit(0));
  const [{ runCli }, { systemClock }] = await Promise.all([import('./cli/run-cli.ts'), import('./kernel/clock.ts')]);
  const world = {
    args,
    env: process.env,
    streams: {
      // Reading this property opens standard input.
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
