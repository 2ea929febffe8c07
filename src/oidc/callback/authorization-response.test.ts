import { describe, expect, it } from 'vitest';

import { silentTrace } from '../attempt-trace.ts';
import { callbackParameterLengthMax } from '../limits.ts';
import { checkResponseIssuer, parseAuthorizationResponse } from './authorization-response.ts';
import type { CallbackContext } from './callback-context.ts';

const issuer = 'https://idp.example';
const longest = 'x'.repeat(callbackParameterLengthMax);

function parse(query: string) {
  return parseAuthorizationResponse(new URL(`https://sallyport.example/callback?${query}`), 'sent');
}

function checkIssuer(query: string, { sendsIssParameter = false } = {}) {
  // The check reads only these three facts of the metadata.
  const metadata = { issuer, sendsIssParameter, pkce: 'S256' } as unknown as CallbackContext['metadata'];
  return checkResponseIssuer(parse(query), { metadata, trace: silentTrace });
}

describe('parseAuthorizationResponse', () => {
  it.each([
    ['state=sent&code=c', { code: 'c', error: undefined, iss: undefined, errorDescription: undefined }],
    [`state=sent&code=${longest}`, { code: longest }],
    ['state=sent&code=c&iss=https://idp.example', { iss: issuer }],
    ['state=sent&error=e&error_description=d', { code: undefined, error: 'e', errorDescription: 'd' }],
    ['state=sent&error=e&code=', { code: undefined, error: 'e' }],
    [`state=sent&error=e&error_description=${longest}x`, { errorDescription: `${longest}x` }],
  ])('accepts %.60s', (query, expected) => {
    expect(parse(query)).toMatchObject(expected);
  });

  it.each([
    ['code=c', 'state', 'state'],
    ['state=&code=c', 'state', 'state'],
    ['state=other&code=c', 'state', 'state'],
    ['state=sent', 'code_or_error', 'code'],
    ['state=sent&code=', 'code_or_error', 'code'],
    ['state=sent&code=c&error=e', 'code_or_error', 'code'],
    ['state=sent&code=c&code=c', 'repeated_parameter', 'code'],
    ['state=sent&code=c&code[]=d', 'repeated_parameter', 'code'],
    ['state=sent&state=sent&code=c', 'repeated_parameter', 'state'],
    [`state=sent&code=${longest}x`, 'too_long', 'code'],
    ['state=sent&code=c&response=x', 'unasked_parameter', 'response'],
    ['state=sent&code=c&id_token=x', 'unasked_parameter', 'id_token'],
    ['state=sent&code=c&access_token=x', 'unasked_parameter', 'access_token'],
    ['state=sent&code=c&token=x', 'unasked_parameter', 'token'],
    ['state=sent&code=c&token_type=x', 'unasked_parameter', 'token_type'],
  ])('rejects %.60s because of %s', (query, reason, parameter) => {
    expect(() => parse(query)).toThrow(
      expect.objectContaining({ code: 'callback_malformed', meta: { step: 'callback', reason, parameter } }),
    );
  });
});

describe('checkResponseIssuer', () => {
  it.each([
    ['without an iss parameter that the provider does not send', '', {}],
    ['with the issuer of the provider', `&iss=${issuer}`, {}],
    ['with the iss parameter that the provider always sends', `&iss=${issuer}`, { sendsIssParameter: true }],
  ])('accepts a code %s', (_name, iss, metadata) => {
    expect(checkIssuer(`state=sent&code=c${iss}`, metadata)).toMatchObject({ code: 'c' });
  });

  it.each([
    ['code=c', { sendsIssParameter: true }, 'iss_absent', { code: 'none' }],
    ['code=c&iss=https://evil.example', {}, 'iss_differs', { code: 'issuer', issuer: 'https://evil.example' }],
    ['error=access_denied&iss=https://evil.example', {}, 'iss_differs', expect.anything()],
  ])('rejects %s of another issuer, before it believes an error', (query, metadata, reason, found) => {
    expect(() => checkIssuer(`state=sent&${query}`, metadata)).toThrow(
      expect.objectContaining({
        code: 'idp_issuer_mismatch',
        meta: expect.objectContaining({ step: 'callback', reason, found, expected: { code: 'issuer', issuer } }),
      }),
    );
  });

  it.each([
    ['access_denied', 'idp_denied'],
    ['server_error', 'idp_error'],
  ])('reports the error %s as %s', (error, code) => {
    expect(() => checkIssuer(`state=sent&error=${error}&error_description=why`)).toThrow(
      expect.objectContaining({ code, meta: { step: 'callback', pkce: 'S256', error, errorDescription: 'why' } }),
    );
  });

  it('removes the state from the quoted error', () => {
    expect(() => checkIssuer('state=sent&error=e&error_description=the+state+sent+is+old')).toThrow(
      expect.objectContaining({
        meta: expect.objectContaining({ errorDescription: expect.not.stringContaining('sent') }),
      }),
    );
  });
});
