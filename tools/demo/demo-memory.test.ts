import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readDemoMemory, writeDemoMemory, type DemoMemory } from './demo-memory.ts';
import { DemoProblem } from './demo-problem.ts';

const memory: DemoMemory = {
  admin: { email: 'admin@sallyport.example', password: 'a password' },
  machineLogin: { clientId: 'a machine', clientSecret: 'its secret' },
  practiceClient: { clientId: 'a client', clientSecret: 'a secret' },
};

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-demo-'));
  file = join(folder, 'data', 'demo.json');
});

afterEach(() => rm(folder, { recursive: true }));

describe("the demo's memory file", () => {
  it('is empty at the first start', async () => {
    expect(await readDemoMemory(file)).toBeUndefined();
  });

  it('is read as it was last written, and only its owner can read it', async () => {
    await writeDemoMemory(file, memory);
    await writeDemoMemory(file, { ...memory, organizationId: 'an id' });
    expect(await readDemoMemory(file)).toEqual({ ...memory, organizationId: 'an id' });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'data'))).toEqual(['demo.json']);
  });

  it.each(['', '{"admin":', '{"admin":{}}', '[]'])('is rejected if it contains %j', async (content) => {
    await writeDemoMemory(file, memory);
    await writeFile(file, content);
    await expect(readDemoMemory(file)).rejects.toThrow(DemoProblem);
  });
});
