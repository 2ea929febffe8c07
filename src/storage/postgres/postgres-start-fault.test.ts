import { describe, expect, it } from 'vitest';

import { createTestPlace } from '../../../test/support/databases.ts';
import { silentLogger } from '../../kernel/logger.ts';
import { openDatabase } from '../open-database.ts';
import { describePostgresFault } from './postgres-start-fault.ts';

const url = 'postgres://user:a-password-to-keep@db.acme.example:5432/sallyport';

describe('the error for an operator about an unusable PostgreSQL', () => {
  it.each([
    ['ECONNREFUSED', 'no server listens there'],
    ['ENOTFOUND', 'the name of its host is unknown'],
    ['28P01', 'rejects the password'],
    ['3D000', 'no such database'],
    ['42501', 'may not create tables'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'sslrootcert'],
    ['CERT_HAS_EXPIRED', '(CERT_HAS_EXPIRED)'],
    ['ENOENT', 'DATABASE_URL names a file'],
    ['XX123', '(XX123)'],
  ])('%s', (code, expected) => {
    const text = describePostgresFault(url, Object.assign(new Error('a-password-to-keep'), { code }));
    expect(text).toMatch(/^Cannot use the PostgreSQL database at db\.acme\.example:5432\/sallyport: /);
    expect(text).toContain(expected);
    expect(text).not.toContain('a-password-to-keep');
  });

  it('says only where the database is if the cause has no code', () => {
    expect(describePostgresFault('postgres://', 'nothing')).toBe(
      'Cannot use the PostgreSQL database at : check that it runs and that DATABASE_URL is right.',
    );
  });

  const real: readonly (readonly [string, (good: URL) => void, string])[] = [
    ['a missing database', (good) => void (good.pathname = '/nowhere'), 'no such database'],
    ['a port without a server', (good) => void (good.port = '1'), 'no server listens there'],
    ['an unknown host', (good) => void (good.hostname = 'db.invalid'), 'its host'],
    [
      'a missing certificate file',
      (good) => good.searchParams.set('sslrootcert', '/nowhere/root.crt'),
      'a file that DATABASE_URL names',
    ],
  ];

  it.each(real)('names the reason for a real fault: %s', async (_name, spoil, expected) => {
    const place = await createTestPlace('postgres');
    const spoilt = new URL(place.url);
    spoil(spoilt);
    await expect(openDatabase({ url: spoilt.href, logger: silentLogger })).rejects.toThrow(expected);
    await place.remove();
  });
});
