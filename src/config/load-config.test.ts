import { describe, expect, it } from 'vitest';

import { loadConfig, type Config } from './load-config.ts';

function load(env: Readonly<Record<string, string | undefined>>): Config {
  const loaded = loadConfig(env);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  return loaded.config;
}

function faultsOf(env: Readonly<Record<string, string | undefined>>): readonly { name: string; problem: string }[] {
  const loaded = loadConfig(env);
  return loaded.ok ? [] : loaded.faults;
}

const key = Buffer.alloc(32, 7).toString('base64');

describe('an empty environment', () => {
  it('gives every setting its default', () => {
    const { databaseUrl, ...config } = load({});
    expect(databaseUrl.expose()).toBe('sqlite:data/sallyport.db');
    expect(config).toEqual({
      siteUrl: 'http://localhost:8080',
      port: 8080,
      host: '127.0.0.1',
      rootKey: { from: 'file', file: 'data/root.key' },
      outboundAllow: [],
      outboundCaFile: undefined,
      outboundProxy: undefined,
      outboundProxyExcept: [],
      outboundProxyAsksFor: 'address',
      returnToAllow: [],
      verifiedDomains: [],
      dnsServers: [],
      domainRecordLabel: '_sallyport-verification',
      domainRecordPrefix: 'sallyport-verification=',
      organizationCreation: 'instance-admins',
      accessTokenSeconds: 900,
      rateLimitRead: 60,
      rateLimitWrite: 200,
      rateLimitAuth: 60,
      otherRootKeys: [],
      otherRootKeyFiles: [],
      signingKeyDays: 90,
      rateLimitSignIn: 1200,
      trustedProxies: [],
      shutdownSeconds: 25,
      logLevel: 'info',
      attemptDays: 30,
      attemptsKept: 10_000,
      refusalsRecorded: 300,
      mailFrom: undefined,
      smtpUrl: undefined,
    });
  });

  it('gives a frozen object', () => {
    expect(Object.isFrozen(load({}))).toBe(true);
  });
});

it('an empty value and one of blanks count as unset', () => {
  expect(load({ PORT: '', SALLYPORT_ROOT_KEY: '  ' })).toMatchObject({ port: 8080, rootKey: { from: 'file' } });
});

it('DNS servers are addresses, with a port or without', () => {
  const names = '192.0.2.53, 192.0.2.53:5353, 2001:db8::53, [2001:db8::53]:5353';
  expect(load({ SALLYPORT_DNS_SERVERS: names }).dnsServers).toEqual(names.split(', '));
});

it.each([
  'dns.example',
  '192.0.2.53:0',
  '192.0.2.53:65536',
  '[192.0.2.53',
  '2001:db8::53]:53',
  '192.0.2',
  '1.1.1.1 8.8.8.8',
])('the DNS server %j is refused', (text) => {
  expect(faultsOf({ SALLYPORT_DNS_SERVERS: text })).toHaveLength(1);
});

it.each([
  ['SALLYPORT_DOMAIN_RECORD_LABEL', 'verification'],
  ['SALLYPORT_DOMAIN_RECORD_LABEL', '_a.b'],
  ['SALLYPORT_DOMAIN_RECORD_LABEL', `_${'a'.repeat(63)}`],
  ['SALLYPORT_DOMAIN_RECORD_PREFIX', 'a b'],
  ['SALLYPORT_DOMAIN_RECORD_PREFIX', '"quoted"='],
])('%s does not take %j', (name, text) => {
  expect(faultsOf({ [name]: text }).map((fault) => fault.name)).toEqual([name]);
});

it('blanks around a value are dropped', () => {
  expect(load({ PORT: ' 9000\n' }).port).toBe(9000);
});

it('names that are not ours are not looked at', () => {
  expect(faultsOf({ PATH: '/bin', SITE_URI: 'x', NODE_ENV: 'production' })).toEqual([]);
});

it('all faults are reported at once', () => {
  const faults = faultsOf({
    SITE_URL: 'example.org',
    PORT: '70000',
    LOG_LEVEL: 'loud',
    SALLYPORT_ACCESS_TOKEN_SECONDS: '0',
  });
  expect(faults.map(({ name }) => name)).toEqual(['SITE_URL', 'PORT', 'SALLYPORT_ACCESS_TOKEN_SECONDS', 'LOG_LEVEL']);
});

describe('a name that begins with SALLYPORT_ and is no setting', () => {
  it('is a fault that suggests the setting which was meant', () => {
    expect(faultsOf({ SALLYPORT_RATELIMIT_READ: '1' })).toEqual([
      { name: 'SALLYPORT_RATELIMIT_READ', problem: 'is no setting; did you mean SALLYPORT_RATE_LIMIT_READ?' },
    ]);
  });

  it('is a fault without a suggestion when nothing is near', () => {
    expect(faultsOf({ SALLYPORT_COLOUR_OF_THE_DOOR: 'red' })[0]?.problem).toBe('is no setting');
  });
});

describe('SITE_URL', () => {
  it.each([
    ['https://sso.example.org', 'https://sso.example.org'],
    ['https://sso.example.org/', 'https://sso.example.org'],
    ['HTTPS://SSO.Example.org:443', 'https://sso.example.org'],
    ['https://sso.example.org:8443', 'https://sso.example.org:8443'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://127.8.9.1', 'http://127.8.9.1'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['http://app.localhost:3000', 'http://app.localhost:3000'],
  ])('%s is the origin %s', (text, origin) => {
    expect(load({ SITE_URL: text }).siteUrl).toBe(origin);
  });

  it.each([
    ['http://sso.example.org', 'must be https'],
    ['http://10.0.0.1', 'must be https'],
    ['http://127.0.0.1.example.org', 'must be https'],
    ['http://localhost.example.org', 'must be https'],
    ['https://example.org/sso', 'must not have a path'],
    ['https://example.org?a=b', 'must not have a query'],
    ['https://example.org/#', 'must not have a query'],
    ['https://user:secret@example.org', 'must not hold a user name'],
    ['example.org', 'must be a URL'],
    ['ftp://example.org', 'must be a URL'],
    ['https://', 'must be a URL'],
  ])('%s is refused: %s', (text, problem) => {
    expect(faultsOf({ SITE_URL: text })[0]?.problem).toContain(problem);
  });
});

describe('numbers', () => {
  it.each(['-1', '1.5', '1e3', '0x10', '65536', 'eighty', '99999999999999999999'])('PORT %s is refused', (text) => {
    expect(faultsOf({ PORT: text })).toEqual([{ name: 'PORT', problem: 'must be a whole number from 0 to 65535' }]);
  });

  it('0 switches a rate limit off', () => {
    expect(load({ SALLYPORT_RATE_LIMIT_READ: '0' }).rateLimitRead).toBe(0);
  });
});

describe('HOST', () => {
  it.each(['0.0.0.0', '::', '::1', 'localhost', 'node-1.internal'])('%s is taken', (text) => {
    expect(load({ HOST: text }).host).toBe(text);
  });

  it.each(['http://localhost', 'localhost:80', 'a b', '-a', '/run/socket'])('%s is refused', (text) => {
    expect(faultsOf({ HOST: text })).toHaveLength(1);
  });
});

describe('SALLYPORT_OUTBOUND_PROXY', () => {
  it.each([
    'http://proxy.corp.example:3128',
    'https://proxy.corp.example',
    'http://user:p%40ss%25@10.0.0.1:3128/',
    'http://[fd00::1]:3128',
  ])('%s is taken', (url) => {
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
  ])('%s is refused, without its password', (url) => {
    const faults = faultsOf({ SALLYPORT_OUTBOUND_PROXY: url });
    expect(faults).toHaveLength(1);
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });

  it('is not shown by a printed configuration', () => {
    const config = load({ SALLYPORT_OUTBOUND_PROXY: 'http://user:hunter2@proxy:3128' });
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });
});

describe('DATABASE_URL', () => {
  it.each(['sqlite:x.db', 'sqlite:/var/lib/x.db', 'postgres://u:p@h/d', 'postgresql://h:5433/d'])(
    '%s is taken',
    (url) => {
      expect(load({ DATABASE_URL: url }).databaseUrl.expose()).toBe(url);
    },
  );

  it.each(['sqlite:', 'mysql://h/d', 'postgres://', 'x.db'])('%s is refused', (url) => {
    expect(faultsOf({ DATABASE_URL: url })).toHaveLength(1);
  });

  it('does not show its password, neither in a fault nor in a printed configuration', () => {
    const url = 'mysql://user:hunter2@host/db';
    expect(JSON.stringify(faultsOf({ DATABASE_URL: url }))).not.toContain('hunter2');
    expect(JSON.stringify(load({ DATABASE_URL: 'postgres://user:hunter2@host/db' }))).not.toContain('hunter2');
  });
});

describe('where the root key comes from', () => {
  it('is the environment, when that holds one', () => {
    const { rootKey } = load({ SALLYPORT_ROOT_KEY: key });
    expect(rootKey.from === 'environment' && rootKey.key.expose()).toBe(key);
  });

  it.each([
    [{ DATABASE_URL: 'sqlite:/var/lib/sallyport/main.db' }, '/var/lib/sallyport/root.key'],
    [{ DATABASE_URL: 'sqlite:main.db' }, 'root.key'],
    [{ DATABASE_URL: 'postgres://h/d' }, 'data/root.key'],
    [{ SALLYPORT_ROOT_KEY_FILE: '/run/secrets/key' }, '/run/secrets/key'],
  ])('is with %j the file %s', (env, file) => {
    expect(load(env).rootKey).toEqual({ from: 'file', file });
  });

  it('is in doubt when both settings are set', () => {
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
  ])('is no key that is %s, and the fault does not show it', (_name, text) => {
    const faults = faultsOf({ SALLYPORT_ROOT_KEY: text });
    expect(faults.map(({ name }) => name)).toEqual(['SALLYPORT_ROOT_KEY']);
    expect(faults[0]?.problem).not.toContain(text);
  });
});

describe('lists', () => {
  it('are split and trimmed, and empty items dropped', () => {
    expect(load({ SALLYPORT_OUTBOUND_ALLOW: ' localhost:9090 ,, 10.0.0.0/8,' }).outboundAllow).toEqual([
      'localhost:9090',
      '10.0.0.0/8',
    ]);
  });

  it('of origins are brought to one spelling', () => {
    const env = { SALLYPORT_RETURN_TO_ALLOW: 'https://App.example.org/, http://localhost:3000' };
    expect(load(env).returnToAllow).toEqual(['https://app.example.org', 'http://localhost:3000']);
  });

  it('of origins name the item that is wrong', () => {
    expect(faultsOf({ SALLYPORT_RETURN_TO_ALLOW: 'https://a.example, http://b.example' })[0]?.problem).toBe(
      'item "http://b.example" must be https, because its host is not loopback',
    );
  });

  it.each(['10.0.0.1', '10.0.0.0/8', 'fd00::/8', '::1'])('of proxies take %s', (item) => {
    expect(load({ SALLYPORT_TRUSTED_PROXIES: item }).trustedProxies).toEqual([item]);
  });

  it.each(['0.0.0.0/0', '::/0', '10.0.0.0/33', '10.0.0.0/8/8', 'proxy.internal', '10.0.0.0/'])(
    'of proxies refuse %s',
    (item) => {
      expect(faultsOf({ SALLYPORT_TRUSTED_PROXIES: item })).toHaveLength(1);
    },
  );
});

describe('SALLYPORT_VERIFIED_DOMAINS', () => {
  it('pairs a domain, in its one spelling, with an organization', () => {
    expect(load({ SALLYPORT_VERIFIED_DOMAINS: 'ACME.example:acme, bücher.example:books' }).verifiedDomains).toEqual([
      { domain: 'acme.example', named: 'acme' },
      { domain: 'xn--bcher-kva.example', named: 'books' },
    ]);
  });

  it.each([
    'acme.example',
    'acme.example:',
    ':acme',
    'acme.example:Acme',
    'acme:acme',
    'acme.example:a:b',
    '*.a.example:a',
  ])('%s is refused', (text) => {
    expect(faultsOf({ SALLYPORT_VERIFIED_DOMAINS: text })).toHaveLength(1);
  });

  it('gives no domain to two organizations', () => {
    const faults = faultsOf({ SALLYPORT_VERIFIED_DOMAINS: 'acme.example:acme,Acme.example:other' });
    expect(faults[0]?.problem).toBe('names acme.example more than once');
  });
});

describe('the mail server', () => {
  const from = { SALLYPORT_MAIL_FROM: 'sso@acme.example' };

  it.each([
    ['smtps://a%40b:p%3Ass@mail.example', { port: 465, isImplicitTls: true, tls: 'required' }],
    [
      'smtp://mail.example',
      { host: 'mail.example', port: 587, isImplicitTls: false, tls: 'required', login: undefined },
    ],
    ['smtp://mail.example:25?tls=optional', { port: 25, tls: 'optional' }],
    ['smtp://127.0.0.1:2525', { tls: 'optional' }],
    ['smtp://[::1]:2525/', { host: '::1', tls: 'optional' }],
  ])('is read from %s', (url, expected) => {
    expect(load({ ...from, SALLYPORT_SMTP_URL: url }).smtpUrl).toMatchObject(expected);
  });

  it('has its password as a secret', () => {
    const { smtpUrl } = load({ ...from, SALLYPORT_SMTP_URL: 'smtps://a%40b:p%3Ass@mail.example' });
    expect([smtpUrl?.login?.user, smtpUrl?.login?.password.expose()]).toEqual(['a@b', 'p:ss']);
    expect(JSON.stringify(smtpUrl)).not.toContain('p:ss');
  });

  it.each([
    'mail.example',
    'http://mail.example',
    'smtp://',
    'smtp://mail.example/path',
    'smtp://mail.example?tls=none',
    'smtp://mail.example?ignoreTLS=true',
    'smtp://user@mail.example',
    'smtp://user:%zz@mail.example',
  ])('is not %s', (url) => {
    const [fault, ...more] = faultsOf({ ...from, SALLYPORT_SMTP_URL: url });
    expect([fault?.name, more]).toEqual(['SALLYPORT_SMTP_URL', []]);
    expect(fault?.problem).not.toContain('mail.example');
  });

  it.each([
    ['SALLYPORT_MAIL_FROM', { SALLYPORT_SMTP_URL: 'smtp://mail.example' }],
    ['SALLYPORT_SMTP_URL', from],
    ['SALLYPORT_MAIL_FROM', { SALLYPORT_SMTP_URL: 'smtp://mail.example', SALLYPORT_MAIL_FROM: 'Sally <a@b.example>' }],
  ])('needs %s as well', (name, env) => {
    expect(faultsOf(env).map((fault) => fault.name)).toEqual([name]);
  });
});
