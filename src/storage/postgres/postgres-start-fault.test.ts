import { describe, expect, it } from 'vitest';

import { createTestPlace } from '../../../test/support/databases.ts';
import { silentLogger } from '../../kernel/logger.ts';
import { openDatabase } from '../open-database.ts';
import { describePostgresFault } from './postgres-start-fault.ts';

const url = 'postgres://user:a-password-to-keep@db.acme.example:5432/sallyport';

describe('what an operator is told of a PostgreSQL that cannot be used', () => {
  it.each([
    ['ECONNREFUSED', 'nobody listens there'],
    ['ENOTFOUND', 'the name of its host is not known'],
    ['28P01', 'does not take the password'],
    ['3D000', 'no such database'],
    ['42501', 'may not make tables'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'sslrootcert'],
    ['CERT_HAS_EXPIRED', '(CERT_HAS_EXPIRED)'],
    ['ENOENT', 'a file that DATABASE_URL names'],
    ['XX123', '(XX123)'],
  ])('%s', (code, told) => {
    const text = describePostgresFault(url, Object.assign(new Error('a-password-to-keep'), { code }));
    expect(text).toMatch(/^Cannot use the PostgreSQL database at db\.acme\.example:5432\/sallyport: /);
    expect(text).toContain(told);
    expect(text).not.toContain('a-password-to-keep');
  });

  it('is all there is to tell of what has no code', () => {
    expect(describePostgresFault('postgres://', 'nothing')).toBe(
      'Cannot use the PostgreSQL database at : check that it runs and that DATABASE_URL is right.',
    );
  });

  const real: readonly (readonly [string, (good: URL) => void, string])[] = [
    ['a database that is not there', (good) => void (good.pathname = '/nowhere'), 'no such database'],
    ['a port that nobody listens on', (good) => void (good.port = '1'), 'nobody listens there'],
    ['a host that nobody knows', (good) => void (good.hostname = 'db.invalid'), 'its host'],
    [
      'a certificate’s file that is not there',
      (good) => good.searchParams.set('sslrootcert', '/nowhere/root.crt'),
      'a file that DATABASE_URL names',
    ],
  ];

  it.each(real)('is the reason of a real one: %s', async (_name, spoil, told) => {
    const place = await createTestPlace('postgres');
    const spoilt = new URL(place.url);
    spoil(spoilt);
    await expect(openDatabase({ url: spoilt.href, logger: silentLogger })).rejects.toThrow(told);
    await place.remove();
  });
});
