import { describe, expect, it } from 'vitest';

import { faultsOf, load } from '../../test/support/settings.ts';

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
  ])('cannot be %s', (url) => {
    const [fault, ...more] = faultsOf({ ...from, SALLYPORT_SMTP_URL: url });
    expect([fault?.name, more]).toEqual(['SALLYPORT_SMTP_URL', []]);
    expect(fault?.problem).not.toContain('mail.example');
  });

  it.each([
    ['SALLYPORT_MAIL_FROM', { SALLYPORT_SMTP_URL: 'smtp://mail.example' }],
    ['SALLYPORT_SMTP_URL', from],
    ['SALLYPORT_MAIL_FROM', { SALLYPORT_SMTP_URL: 'smtp://mail.example', SALLYPORT_MAIL_FROM: 'Sally <a@b.example>' }],
  ])('also needs %s', (name, env) => {
    expect(faultsOf(env).map((fault) => fault.name)).toEqual([name]);
  });
});
