/**
 * The one program, which `start.mjs` loads: without arguments the plain server, otherwise the command line. What a
 * command does not need is not loaded at all.
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
