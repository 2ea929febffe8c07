import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { selfSigned } from '../../test/support/faulty-idp-certificate.ts';
import { expiredCa, privateCa, privateServer } from '../../test/support/private-ca.ts';
import { loadCaBundle } from './ca-bundle.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-ca-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const nowMs = Date.parse('2026-11-24T08:00:00Z');

function load(text: string) {
  const file = join(folder, 'ca.pem');
  writeFileSync(file, text);
  return loadCaBundle(file, nowMs);
}

describe('a CA bundle', () => {
  it('is empty if no file is named', () => {
    expect(loadCaBundle(undefined, nowMs)).toEqual({ ok: true, certificates: [], expired: [] });
  });

  it('has every certificate of the file, whatever is around them', () => {
    const text = `# the company's\r\n${privateCa.replaceAll('\n', '\r\n')}\r\nsubject=x\n${selfSigned.cert}\n`;
    const loaded = load(text);
    expect(loaded).toMatchObject({ ok: true, certificates: [expect.any(String), selfSigned.cert], expired: [] });
  });

  it('may contain an expired certificate, which is reported', () => {
    expect(load(`${privateCa}\n${expiredCa}\n`)).toMatchObject({ ok: true, expired: ['CN=Expired CA of the tests'] });
  });
});

describe('an invalid CA bundle', () => {
  it.each([
    ['nothing', '', 'holds no certificate in PEM'],
    ['another kind of file', '{"keys":[]}', 'holds no certificate in PEM'],
    ['a certificate that is cut', privateCa.slice(0, 300), 'whose certificate 1 cannot be read'],
    [
      'a second one that is no certificate',
      `${privateCa}\n${privateCa.replace(/MII.*/, 'AAAA')}`,
      'certificate 2 cannot be read',
    ],
    [
      'one without its end before a good one',
      `${privateCa.slice(0, 300)}\n${privateCa}`,
      'a certificate that is not whole',
    ],
    [
      'one with another end after a good one',
      `${privateCa}\n${privateCa.replace('END CERTIFICATE', 'END CERTIFICAT')}`,
      'a certificate that is not whole',
    ],
    ['a server’s certificate that is no authority’s', privateServer.cert, 'is neither an authority nor self-signed'],
    ['a private key', `${privateCa}\n${privateServer.key}`, 'holds a private key'],
  ])('holds %s', (_name, text, problem) => {
    const loaded = load(text);
    expect(loaded.ok ? undefined : loaded.fault).toEqual({
      name: 'SALLYPORT_OUTBOUND_CA_FILE',
      problem: expect.stringContaining(problem),
    });
    expect(JSON.stringify(loaded)).not.toContain('MIGHAgEAMBMG');
  });

  it.each(['missing.pem', '.'])('is missing or not a file: %s', (name) => {
    const loaded = loadCaBundle(join(folder, name), nowMs);
    expect(loaded.ok ? '' : loaded.fault.problem).toMatch(/cannot be read \(E[A-Z]+\)$/);
  });
});
