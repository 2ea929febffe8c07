import { describe, expect, it } from 'vitest';

import { DemoProblem } from './demo-problem.ts';
import { startServerProcess } from './server-process.ts';

function start(program: string) {
  const printed: string[] = [];
  const print = (line: string) => void printed.push(line);
  const server = startServerProcess({ arguments: ['--eval', program], folder: '/', env: {}, print });
  return { server, printed };
}

describe('a server process', () => {
  it('is ready when it prints its address, and its other output is passed on', async () => {
    const { server, printed } = start(
      `console.log('a root key was made'); console.log('listening on http://127.0.0.1:1'); setInterval(() => {}, 1000);`,
    );
    expect(await server.ready).toBe('http://127.0.0.1:1');
    expect(printed).toEqual(['a root key was made']);
    await server.stop();
    expect(await server.exited).toBe(1);
  });

  it('stops in order and keeps its exit code', async () => {
    const { server } = start(
      `process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000); console.log('listening on here');`,
    );
    await server.ready;
    await server.stop();
    expect(await server.exited).toBe(0);
  });

  it('is never ready if it exits before', async () => {
    const { server } = start('process.exit(3)');
    await expect(server.ready).rejects.toThrow(DemoProblem);
    expect(await server.exited).toBe(3);
  });
});
