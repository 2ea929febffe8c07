import { describe, expect, it } from 'vitest';

import { urlLengthMax } from '../contract/limits.ts';
import { parseOutboundAllow } from './outbound-allow.ts';
import { createOutboundPolicy, type OutboundPolicy } from './outbound-policy.ts';

function policyOf(text: string): OutboundPolicy {
  const allow = parseOutboundAllow(text);
  return createOutboundPolicy(allow.ok ? allow.entries : []);
}

function verdict(policy: OutboundPolicy, url: string): string {
  const result = policy.checkUrl(url);
  return result.ok ? 'ok' : result.reason;
}

const strict = policyOf('');

describe('a URL without an operator setting', () => {
  it.each([
    'https://idp.acme.example/',
    'https://idp.acme.example:443/x?y=z',
    'https://93.184.215.14/',
    'https://[2606:2800:220:1::1]/',
    'https://bücher.example/',
  ])('%s may be called', (url) => {
    expect(verdict(strict, url)).toBe('ok');
  });

  it.each([
    ['https://127.0.0.1/', 'address'],
    ['https://0.0.0.0/', 'address'],
    ['https://10.1.2.3/', 'address'],
    ['https://172.16.0.1/', 'address'],
    ['https://172.31.255.255/', 'address'],
    ['https://192.168.1.1/', 'address'],
    ['https://169.254.10.10/', 'address'],
    ['https://169.254.169.254/latest/meta-data/', 'address'],
    ['https://100.64.0.1/', 'address'],
    ['https://198.18.0.1/', 'address'],
    ['https://192.0.2.1/', 'address'],
    ['https://198.51.100.1/', 'address'],
    ['https://203.0.113.1/', 'address'],
    ['https://224.0.0.1/', 'address'],
    ['https://240.0.0.1/', 'address'],
    ['https://255.255.255.255/', 'address'],
    ['https://[::1]/', 'address'],
    ['https://[::]/', 'address'],
    ['https://[fc00::1]/', 'address'],
    ['https://[fd00:ec2::254]/', 'address'],
    ['https://[fe80::1]/', 'address'],
    ['https://[fec0::1]/', 'address'],
    ['https://[ff02::1]/', 'address'],
    ['https://[2001:db8::1]/', 'address'],
    ['https://[4000::1]/', 'address'],
    // Disguised addresses: the URL parser normalises each of them before the check.
    ['https://127.1/', 'address'],
    ['https://2130706433/', 'address'],
    ['https://0x7f.0.0.1/', 'address'],
    ['https://0177.0.0.1/', 'address'],
    ['https://１２７.０.０.１/', 'address'],
    ['https://127。0。0。1/', 'address'],
    ['https://①②⑦.0.0.1/', 'address'],
    ['https://[::ffff:127.0.0.1]/', 'address'],
    ['https://[::ffff:a9fe:a9fe]/', 'address'],
    ['https://[::127.0.0.1]/', 'address'],
    ['https://[64:ff9b::7f00:1]/', 'address'],
    ['https://[64:ff9b:1::7f00:1]/', 'address'],
    ['https://[2002:7f00:1::]/', 'address'],
    ['https://[2001:0:7f00:1::]/', 'address'],
    ['https://127.0.0.1./', 'address'],
    // Names that only a local network resolves.
    ['https://localhost/', 'host_name'],
    ['https://LOCALHOST/', 'host_name'],
    ['https://localhost./', 'host_name'],
    ['https://foo.localhost/', 'host_name'],
    ['https://intranet/', 'host_name'],
    ['https://keycloak.default.svc.cluster.local/', 'host_name'],
    ['https://metadata.google.internal/', 'host_name'],
    ['https://router.home.arpa/', 'host_name'],
    // Forms.
    ['http://idp.acme.example/', 'scheme'],
    ['http://93.184.215.14/', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['data:text/html,x', 'scheme'],
    ['ftp://idp.acme.example/', 'scheme'],
    ['/relative', 'not_absolute'],
    ['idp.acme.example', 'not_absolute'],
    ['https:idp.acme.example', 'not_absolute'],
    ['https:///idp.acme.example', 'not_absolute'],
    ['https://', 'not_absolute'],
    ['', 'not_absolute'],
    ['https://user:secret@idp.acme.example/', 'credentials'],
    ['https://user@idp.acme.example/', 'credentials'],
    ['https://@idp.acme.example/', 'credentials'],
    ['https://idp.acme.example/#x', 'fragment'],
    ['https://idp.acme.example/#', 'fragment'],
    ['https://idp.acme.example:22/', 'port'],
    ['https://idp.acme.example:8443/', 'port'],
    ['https://93.184.215.14:6379/', 'port'],
    ['https://idp.acme.example/a\r\nb', 'control_character'],
    ['https://idp.acme\t.example/', 'control_character'],
    [' https://idp.acme.example/', 'control_character'],
    ['https://idp.acme.example\\@evil.example/', 'control_character'],
    [`https://idp.acme.example/${'a'.repeat(2048)}`, 'too_long'],
  ])('H021, H022, H023, H027, H028, H029, H030: %s is refused: %s', (url, reason) => {
    expect(verdict(strict, url)).toBe(reason);
  });
});

describe('a URL that the operator listed', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:1234/'],
    ['127.0.0.1:1234', 'http://127.0.0.1:1234/'],
    ['localhost', 'http://localhost:1234/'],
    ['localhost', 'http://LOCALHOST.:1234/'],
    ['keycloak.internal', 'https://keycloak.internal:8443/'],
    ['keycloak.internal:8443', 'https://keycloak.internal:8443/'],
    ['10.0.0.0/8', 'https://10.1.2.3:8443/'],
    ['10.0.0.0/8', 'http://10.1.2.3/'],
    ['10.0.0.0/8', 'https://[::ffff:10.1.2.3]/'],
    ['::1', 'http://[::1]:1234/'],
    ['[::1]:1234', 'http://[::1]:1234/'],
    ['fd00::/8', 'https://[fd12::1]/'],
    ['a.example, 10.0.0.0/8 ,idp.example:8443', 'https://idp.example:8443/'],
  ])('with %s, %s may be called', (allow, url) => {
    expect(verdict(policyOf(allow), url)).toBe('ok');
  });

  it.each([
    ['127.0.0.1:1234', 'http://127.0.0.1:1235/', 'address'],
    ['127.0.0.1', 'http://127.0.0.2/', 'address'],
    ['keycloak.internal:8443', 'https://keycloak.internal/', 'host_name'],
    ['keycloak.internal', 'https://other.internal/', 'host_name'],
    ['idp.example:8443', 'http://idp.example/', 'scheme'],
    ['169.254.169.254', 'http://169.254.169.254/', 'address'],
    ['169.254.0.0/16', 'http://169.254.169.254/', 'address'],
    ['0.0.0.0/0', 'http://[::ffff:169.254.169.254]/', 'address'],
    ['::/0', 'http://[fd00:ec2::254]/', 'address'],
    ['::/0', 'http://[2002:a9fe:a9fe::]/', 'address'],
    ['100.64.0.0/10', 'http://100.100.100.200/', 'address'],
    ['169.254.10.10', 'http://169.254.10.10/', 'address'],
    ['169.254.0.0/16', 'http://169.254.10.10/', 'address'],
    ['169.254.170.2/32', 'http://169.254.170.2/v2/credentials', 'address'],
    ['fd00:ec2::254', 'http://[fd00:ec2::254]/', 'address'],
    ['fd00::/8', 'http://[fd00:ec2::23]/', 'address'],
    ['fd20:ce::254', 'http://[fd20:ce::254]/', 'address'],
    ['168.63.129.16', 'http://168.63.129.16/', 'address'],
    ['192.0.0.192', 'http://192.0.0.192/', 'address'],
    ['100.100.100.200', 'http://100.100.100.200/', 'address'],
    ['::/0', 'http://[64:ff9b::169.254.169.254]/', 'address'],
    ['::/0', 'http://[64:ff9b:1::100.100.100.200]/', 'address'],
    ['::/0', 'http://[::169.254.169.254]/', 'address'],
    ['0.0.0.0/0', 'http://2852039166/', 'address'],
    ['0.0.0.0/0', 'http://0251.0376.0251.0376/', 'address'],
    ['0.0.0.0/0', 'http://0xa9.0xfe.0xa9.0xfe/', 'address'],
  ])('H021: with %s, %s is still refused: %s', (allow, url, reason) => {
    expect(verdict(policyOf(allow), url)).toBe(reason);
  });
});

describe('an IP address that a name resolves to', () => {
  const target = { host: 'idp.example', port: 443 };

  it.each(['10.0.0.1', '127.0.0.1', '169.254.169.254', '::1', 'fe80::1%eth0', '::ffff:10.0.0.1', 'nonsense', ''])(
    '%s is refused',
    (address) => {
      expect(strict.checkAddress(address, target)).toBe('refused');
    },
  );

  it('is allowed if it is public, on the https port only', () => {
    expect(strict.checkAddress('93.184.215.14', target)).toBe('allowed');
    expect(strict.checkAddress('93.184.215.14', { ...target, port: 22 })).toBe('refused');
  });

  it('is allowed if the operator listed the name, except a cloud metadata address', () => {
    const policy = policyOf('idp.example');
    expect(policy.checkAddress('10.0.0.1', target)).toBe('allowed');
    expect(policy.checkAddress('169.254.169.254', target)).toBe('refused');
    expect(policy.checkAddress('10.0.0.1', { host: 'other.example', port: 443 })).toBe('refused');
  });

  it('is allowed on any port in a range that the operator listed', () => {
    const policy = policyOf('10.0.0.0/8');
    const other = { host: 'keycloak.corp.example', port: 8443 };
    expect(policy.checkUrl('https://keycloak.corp.example:8443/').ok).toBe(true);
    expect(policy.checkAddress('10.0.0.1', other)).toBe('allowed');
    expect(policy.checkAddress('93.184.215.14', other)).toBe('refused');
  });
});

describe('the operator’s list', () => {
  it('reports every invalid item', () => {
    const allow = parseOutboundAllow(
      'ok.example, https://no.example, a b, host:0, host:65536, host:, 10.0.0.0/33, *.x',
    );
    expect(allow.ok ? [] : allow.faults.map(({ item }) => item)).toEqual([
      'https://no.example',
      'a b',
      'host:0',
      'host:65536',
      'host:',
      '10.0.0.0/33',
      '*.x',
    ]);
  });

  it('may be empty', () => {
    expect(parseOutboundAllow(' , ')).toEqual({ ok: true, entries: [] });
  });
});

describe('the length of a URL', () => {
  const start = 'https://idp.acme.example/';

  it('is at most the limit', () => {
    expect(verdict(strict, start.padEnd(urlLengthMax, 'x'))).toBe('ok');
    expect(verdict(strict, start.padEnd(urlLengthMax + 1, 'x'))).toBe('too_long');
  });

  it('counts percent encoding that the parser adds', () => {
    expect(verdict(strict, start.padEnd(urlLengthMax, '\u00e9'))).toBe('too_long');
  });
});

it.each([
  ['', { host: 'idp.acme.example', port: 443 }, 'allowed'],
  ['', { host: 'idp.acme.example', port: 8443 }, 'refused'],
  ['idp.acme.example:8443', { host: 'idp.acme.example', port: 8443 }, 'allowed'],
  ['idp.acme.example:8443', { host: 'idp.acme.example', port: 9443 }, 'refused'],
])('with the setting "%s", an unresolved name %j is %s', (allow, target, expected) => {
  expect(policyOf(allow).checkUnresolved(target)).toBe(expected);
});
