import * as openid from 'openid-client';

import type { Secret } from '../kernel/secret.ts';
import type { ClientAuthentication } from './provider-metadata.ts';

/**
 * How the client proves itself at the token endpoint (RFC 6749, section 2.3.1), given the plain secret only for the
 * moment of a request.
 */
export function clientAuthentication(method: ClientAuthentication, secret: Secret): openid.ClientAuth {
  if (method === 'client_secret_post') {
    return (...request) => openid.ClientSecretPost(secret.expose())(...request);
  }
  return (...[, client, , headers]) => {
    const credentials = `${formEncode(client.client_id)}:${formEncode(secret.expose())}`;
    headers.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
  };
}

// The library escapes every sign but letters and digits, also the `-` of each UUID. A server that decodes takes either
// form; of those that do not, which are many, only this one is understood as long as nothing needs an escape.
function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
