import { expect, it } from 'vitest';

import type { HostAddress } from './host-lookup.ts';
import { systemLookupsMax } from './limits.ts';
import { createSystemLookup } from './system-lookup.ts';

const loopback: readonly HostAddress[] = [{ address: '127.0.0.1', family: 4 }];

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A system whose answers the test controls. */
function silentSystem() {
  const asked = new Map<string, (addresses: readonly HostAddress[]) => void>();
  const lookup = createSystemLookup((host) => new Promise((resolve) => void asked.set(host, resolve)));
  return { asked, lookup };
}

it('H328: a domain with hanging DNS occupies one thread and does not block another domain', async () => {
  const { asked, lookup } = silentSystem();
  const hanging = Array.from({ length: 20 }, async (_, index) => lookup(`h${index}.hostile.example`).catch(() => []));
  const honest = lookup('idp.internal');
  await settled();
  expect([...asked.keys()]).toEqual(['h0.hostile.example', 'idp.internal']);
  asked.get('idp.internal')?.(loopback);
  expect(await honest).toEqual(loopback);
  asked.get('h0.hostile.example')?.(loopback);
  expect(await hanging[0]).toEqual(loopback);
});

it('H328: hanging domains occupy at most two threads, and every caller stops waiting in time', async () => {
  const { asked, lookup } = silentSystem();
  const names = Array.from({ length: 10 }, (_, index) => `idp.hostile${index}.example`);
  const codes = names.map(async (name) => lookup(name).catch((thrown: { code: string }) => thrown.code));
  await settled();
  expect(asked.size).toBe(systemLookupsMax);
  expect(await Promise.all(codes.slice(systemLookupsMax))).toEqual(names.slice(systemLookupsMax).map(() => 'ETIMEOUT'));
  expect(asked.size).toBe(systemLookupsMax);
});

it('starts the next lookup when one ends', async () => {
  const { asked, lookup } = silentSystem();
  const answers = ['a.one', 'b.two', 'c.three'].map(async (name) => lookup(name));
  await settled();
  expect([...asked.keys()]).toEqual(['a.one', 'b.two']);
  asked.get('a.one')?.(loopback);
  expect(await answers[0]).toEqual(loopback);
  await settled();
  expect([...asked.keys()]).toEqual(['a.one', 'b.two', 'c.three']);
  for (const answer of asked.values()) answer(loopback);
  await Promise.all(answers);
});
