import { afterAll, beforeAll, expect, it } from 'vitest';

import { type DnsEntry, type PracticeDns, startPracticeDns } from '../../test/support/practice-dns.ts';
import { judge } from './rules.ts';
import { createTxtLookup } from './txt-lookup.ts';

const value = 'sallyport-verification=0123456789abcdef';
const name = '_sallyport-verification.acme.example';
let dns: PracticeDns;

beforeAll(async () => {
  dns = await startPracticeDns();
});
afterAll(() => dns.close());

async function look(entry: DnsEntry, asked = name) {
  dns.set(name, entry);
  const answer = await createTxtLookup({ servers: [dns.address], timeoutMs: 60 })(asked);
  return { finding: judge(answer, value), answer };
}

it.each<[string, DnsEntry]>([
  ['alone', { txt: [value] }],
  ['among several', { txt: ['v=spf1 -all', value, 'another'] }],
  ['cut into strings', { txt: [[value.slice(0, 5), value.slice(5)]] }],
  ['in upper case', { txt: [value.toUpperCase()] }],
  ['with the quotes and blanks of a control panel', { txt: [` "${value}" `] }],
  [
    'at the end of a very long answer',
    { txt: [...Array.from({ length: 150 }, (_, i) => `${'x'.repeat(200)}${i}`), value] },
  ],
])('the value proves, %s', async (_how, entry) => {
  expect((await look(entry)).finding).toBe('proved');
});

it.each<[string, DnsEntry, string]>([
  ['no such name', 'no such name', 'missing'],
  ['no record of that type', 'no such record', 'missing'],
  ['another value', { txt: ['sallyport-verification=fedcba9876543210'] }, 'wrong'],
  ['the value with more behind it', { txt: [`${value}0`] }, 'wrong'],
  ['the value with more before it', { txt: [`x ${value}`] }, 'wrong'],
  ['the value in two records', { txt: [value.slice(0, 5), value.slice(5)] }, 'wrong'],
  ['an empty record', { txt: [''] }, 'wrong'],
  ['the value behind an alias', { alias: 'hosted.example', txt: [value] }, 'alias'],
  ['a server failure', 'failure', 'unclear'],
  ['a refusal', 'refused', 'unclear'],
  ['no answer', 'silence', 'unclear'],
  ['an answer to another question', 'answer to another question', 'unclear'],
])('%s does not verify the domain', async (_what, entry, finding) => {
  expect((await look(entry)).finding).toBe(finding);
});

it('ignores the letter case of a name', async () => {
  expect((await look({ txt: [value] }, name.toUpperCase())).finding).toBe('proved');
});

it('does not cache: a removed record is missing at once', async () => {
  await look({ txt: [value] });
  expect((await look('no such name')).finding).toBe('missing');
});

it('treats a missing server as "no answer"', async () => {
  const lookup = createTxtLookup({ servers: ['127.0.0.1:1'], timeoutMs: 60 });
  expect(await lookup(name)).toMatchObject({ kind: 'unclear' });
});

it('reads a limited number of records of a name', async () => {
  const entry = { txt: [...Array.from({ length: 250 }, (_, i) => `filler ${i}`), value] };
  expect((await look(entry)).finding).toBe('wrong');
});
