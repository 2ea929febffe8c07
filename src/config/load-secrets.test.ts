import { describe, expect, it } from 'vitest';

import { faultsOf, load } from '../../test/support/settings.ts';

const key = Buffer.alloc(32, 7).toString('base64');

describe('SALLYPORT_OUTBOUND_PROXY', () => {
  it.each([
    'http://proxy.corp.example:3128',
    'https://proxy.corp.example',
    'http://user:p%40ss%25@10.0.0.1:3128/',
    'http://[fd00::1]:3128',
  ])('accepts %s', (url) => {
    expect(load({ SALLYPORT_OUTBOUND_PROXY: url }).outboundProxy?.expose()).toBe(url);
  });

  it.each([
    'proxy.corp.example:3128',
    'socks5://proxy:1080',
    'http://',
    'http:///x',
    'http://proxy:99999',
    'http://proxy/path',
    'http://proxy?x',
    'http://user:hunter2%@proxy:3128',
  ])('rejects %s without showing its password', (url) => {
    const faults = faultsOf({ SALLYPORT_OUTBOUND_PROXY: url });
    expect(faults).toHaveLength(1);
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });

  it('is hidden in a printed configuration', () => {
    const config = load({ SALLYPORT_OUTBOUND_PROXY: 'http://user:hunter2@proxy:3128' });
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });
});

describe('DATABASE_URL', () => {
  it.each(['sqlite:x.db', 'sqlite:/var/lib/x.db', 'postgres://u:p@h/d', 'postgresql://h:5433/d'])(
    'accepts %s',
    (url) => {
      expect(load({ DATABASE_URL: url }).databaseUrl.expose()).toBe(url);
    },
  );

  it.each(['sqlite:', 'mysql://h/d', 'postgres://', 'x.db'])('rejects %s', (url) => {
    expect(faultsOf({ DATABASE_URL: url })).toHaveLength(1);
  });

  it('hides its password in faults and in a printed configuration', () => {
    const url = 'mysql://user:hunter2@host/db';
    expect(JSON.stringify(faultsOf({ DATABASE_URL: url }))).not.toContain('hunter2');
    expect(JSON.stringify(load({ DATABASE_URL: 'postgres://user:hunter2@host/db' }))).not.toContain('hunter2');
  });
});

describe('the source of the root key', () => {
  it('is the environment if it has one', () => {
    const { rootKey } = load({ SALLYPORT_ROOT_KEY: key });
    expect(rootKey.from === 'environment' && rootKey.key.expose()).toBe(key);
  });

  it.each([
    [{ DATABASE_URL: 'sqlite:/var/lib/sallyport/main.db' }, '/var/lib/sallyport/root.key'],
    [{ DATABASE_URL: 'sqlite:main.db' }, 'root.key'],
    [{ DATABASE_URL: 'postgres://h/d' }, 'data/root.key'],
    [{ SALLYPORT_ROOT_KEY_FILE: '/run/secrets/key' }, '/run/secrets/key'],
  ])('is, with %j, the file %s', (env, file) => {
    expect(load(env).rootKey).toEqual({ from: 'file', file });
  });

  it('is ambiguous if both settings are set', () => {
    const faults = faultsOf({ SALLYPORT_ROOT_KEY: key, SALLYPORT_ROOT_KEY_FILE: 'x' });
    expect(faults).toEqual([
      { name: 'SALLYPORT_ROOT_KEY_FILE', problem: 'must not be set together with SALLYPORT_ROOT_KEY' },
    ]);
  });

  it.each([
    ['too short', Buffer.alloc(31).toString('base64')],
    ['too long', Buffer.alloc(33).toString('base64')],
    ['not base64', '*'.repeat(44)],
    ['hexadecimal', Buffer.alloc(32).toString('hex')],
    ['base64 with bits left over', `${'A'.repeat(42)}B=`],
  ])('cannot be %s, and the fault does not show it', (_name, text) => {
    const faults = faultsOf({ SALLYPORT_ROOT_KEY: text });
    expect(faults.map(({ name }) => name)).toEqual(['SALLYPORT_ROOT_KEY']);
    expect(faults[0]?.problem).not.toContain(text);
  });
});
