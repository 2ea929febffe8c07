import { describe, expect, it } from 'vitest';

import { createCookieJar } from '../http/cookies.ts';
import { clearRefreshCookie, readRefreshCookie, setRefreshCookie } from './refresh-cookie.ts';

const https = createCookieJar({ https: true });
const http = createCookieJar({ https: false });
const browsers: readonly Readonly<Record<string, string>>[] = [
  { 'sec-fetch-site': 'same-origin' },
  { origin: 'https://sso.acme.example' },
  { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
];
const programs: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'user-agent': 'node', 'sec-fetch-mode': 'cors' },
  { 'user-agent': 'go-resty/2.16 (https://github.com/go-resty/resty)' },
];

function setCookies(headers: Readonly<Record<string, string>>, cookies = https): string[] {
  const lines: string[] = [];
  const reply = { request: { headers }, header: (_name: string, value: string) => void lines.push(value) };
  setRefreshCookie(reply, cookies, { refreshToken: 'token', lifetimeSeconds: 60 });
  return lines;
}

describe('the refresh cookie on an https site', () => {
  it.each(browsers)('H356: is bound to this host, and a planted cookie is ignored: %j', (headers) => {
    const read = (cookie: string) => readRefreshCookie({ headers: { ...headers, cookie } }, https);
    expect(setCookies(headers)).toEqual(['__Host-jid=token; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure']);
    expect(read('__Host-jid=own; jid=planted')).toBe('own');
    expect(read('jid=planted; __Host-jid=own')).toBe('own');
    expect(read('jid=planted')).toBe('');
    expect(read('__Host-jid=a; __Host-jid=b')).toBe('');
  });

  it.each(programs)('keeps its documented name for programs: %j', (headers) => {
    const read = (cookie: string) => readRefreshCookie({ headers: { ...headers, cookie } }, https);
    expect(setCookies(headers)).toEqual(['jid=token; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure']);
    expect(read('jid=own')).toBe('own');
    // A program that forwards a browser's cookies gets the same name back.
    expect(read('jid=other; __Host-jid=own')).toBe('own');
    expect(setCookies({ ...headers, cookie: '__Host-jid=own' })[0]).toMatch(/^__Host-jid=token;/u);
  });

  it('is cleared under both names', () => {
    const lines: string[] = [];
    const reply = { request: { headers: {} }, header: (_name: string, value: string) => void lines.push(value) };
    clearRefreshCookie(reply, https);
    expect(lines.map((line) => line.split('; ', 2))).toEqual([
      ['jid=', 'Max-Age=0'],
      ['__Host-jid=', 'Max-Age=0'],
    ]);
  });
});

describe('the refresh cookie on an http site', () => {
  it.each([...browsers, ...programs])('has the same name for browsers and programs: %j', (headers) => {
    expect(setCookies(headers, http)).toEqual(['jid=token; Max-Age=60; Path=/; HttpOnly; SameSite=Lax']);
    expect(readRefreshCookie({ headers: { ...headers, cookie: 'jid=own' } }, http)).toBe('own');
  });
});
