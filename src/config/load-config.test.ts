import { describe, expect, it } from 'vitest';

import { faultsOf, load } from '../../test/support/settings.ts';

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
      setupToken: undefined,
      accessTokenSeconds: 900,
      rateLimitCaller: 600,
      rateLimitRead: 60,
      rateLimitWrite: 200,
      rateLimitAuth: 60,
      otherRootKeys: [],
      otherRootKeyFiles: [],
      signingKeyDays: 90,
      rateLimitSignIn: 1200,
      trustedProxies: [],
      poolSize: 10,
      createDatabase: 'first-start',
      drainSeconds: 5,
      shutdownSeconds: 20,
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

it('treats an empty value and one of spaces as unset', () => {
  expect(load({ PORT: '', SALLYPORT_ROOT_KEY: '  ' })).toMatchObject({ port: 8080, rootKey: { from: 'file' } });
});

it('accepts DNS servers as IP addresses, with or without a port', () => {
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
])('rejects the DNS server %j', (text) => {
  expect(faultsOf({ SALLYPORT_DNS_SERVERS: text })).toHaveLength(1);
});

it.each([
  ['SALLYPORT_DOMAIN_RECORD_LABEL', 'verification'],
  ['SALLYPORT_DOMAIN_RECORD_LABEL', '_a.b'],
  ['SALLYPORT_DOMAIN_RECORD_LABEL', `_${'a'.repeat(63)}`],
  ['SALLYPORT_DOMAIN_RECORD_PREFIX', 'a b'],
  ['SALLYPORT_DOMAIN_RECORD_PREFIX', '"quoted"='],
])('%s does not accept %j', (name, text) => {
  expect(faultsOf({ [name]: text }).map((fault) => fault.name)).toEqual([name]);
});

it('trims values', () => {
  expect(load({ PORT: ' 9000\n' }).port).toBe(9000);
});

it("ignores names that are not Sallyport's", () => {
  expect(faultsOf({ PATH: '/bin', SITE_URI: 'x', NODE_ENV: 'production' })).toEqual([]);
});

it('reports all faults at once', () => {
  const faults = faultsOf({
    SITE_URL: 'example.org',
    PORT: '70000',
    LOG_LEVEL: 'loud',
    SALLYPORT_ACCESS_TOKEN_SECONDS: '0',
  });
  expect(faults.map(({ name }) => name)).toEqual(['SITE_URL', 'PORT', 'SALLYPORT_ACCESS_TOKEN_SECONDS', 'LOG_LEVEL']);
});

describe('an unknown name that begins with SALLYPORT_', () => {
  it('is a fault that suggests the intended setting', () => {
    expect(faultsOf({ SALLYPORT_RATELIMIT_READ: '1' })).toEqual([
      { name: 'SALLYPORT_RATELIMIT_READ', problem: 'is no setting; did you mean SALLYPORT_RATE_LIMIT_READ?' },
    ]);
  });

  it('is a fault without a suggestion if no name is similar', () => {
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
  it.each(['-1', '1.5', '1e3', '0x10', '65536', 'eighty', '99999999999999999999'])('rejects PORT %s', (text) => {
    expect(faultsOf({ PORT: text })).toEqual([{ name: 'PORT', problem: 'must be a whole number from 0 to 65535' }]);
  });

  it('disables a rate limit with 0', () => {
    expect(load({ SALLYPORT_RATE_LIMIT_READ: '0' }).rateLimitRead).toBe(0);
  });
});

describe('HOST', () => {
  it.each(['0.0.0.0', '::', '::1', 'localhost', 'node-1.internal'])('accepts %s', (text) => {
    expect(load({ HOST: text }).host).toBe(text);
  });

  it.each(['http://localhost', 'localhost:80', 'a b', '-a', '/run/socket'])('rejects %s', (text) => {
    expect(faultsOf({ HOST: text })).toHaveLength(1);
  });
});

describe('lists', () => {
  it('are split and trimmed, without empty items', () => {
    expect(load({ SALLYPORT_OUTBOUND_ALLOW: ' localhost:9090 ,, 10.0.0.0/8,' }).outboundAllow).toEqual([
      'localhost:9090',
      '10.0.0.0/8',
    ]);
  });

  it('of web origins are normalised', () => {
    const env = { SALLYPORT_RETURN_TO_ALLOW: 'https://App.example.org/, http://localhost:3000' };
    expect(load(env).returnToAllow).toEqual(['https://app.example.org', 'http://localhost:3000']);
  });

  it('of web origins name the wrong item', () => {
    expect(faultsOf({ SALLYPORT_RETURN_TO_ALLOW: 'https://a.example, http://b.example' })[0]?.problem).toBe(
      'item "http://b.example" must be https, because its host is not loopback',
    );
  });

  it.each(['10.0.0.1', '10.0.0.0/8', 'fd00::/8', '::1'])('of proxies accept %s', (item) => {
    expect(load({ SALLYPORT_TRUSTED_PROXIES: item }).trustedProxies).toEqual([item]);
  });

  it.each(['0.0.0.0/0', '::/0', '10.0.0.0/33', '10.0.0.0/8/8', 'proxy.internal', '10.0.0.0/'])(
    'of proxies reject %s',
    (item) => {
      expect(faultsOf({ SALLYPORT_TRUSTED_PROXIES: item })).toHaveLength(1);
    },
  );
});

describe('SALLYPORT_VERIFIED_DOMAINS', () => {
  it('assigns a domain, in canonical form, to an organization', () => {
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
  ])('rejects %s', (text) => {
    expect(faultsOf({ SALLYPORT_VERIFIED_DOMAINS: text })).toHaveLength(1);
  });

  it('does not assign a domain to two organizations', () => {
    const faults = faultsOf({ SALLYPORT_VERIFIED_DOMAINS: 'acme.example:acme,Acme.example:other' });
    expect(faults[0]?.problem).toBe('names acme.example more than once');
  });
});
