import * as openid from 'openid-client';

import type { Secret } from '../kernel/secret.ts';
import type { ClientAuthentication } from './provider-metadata.ts';

/**
 * How the client proves itself at the token endpoint (RFC 6749, section 2.3.1): the library's own methods, given the
 * plain secret only for the moment of a request.
 */
export function clientAuthentication(method: ClientAuthentication, secret: Secret): openid.ClientAuth {
  const authenticate = method === 'client_secret_post' ? openid.ClientSecretPost : openid.ClientSecretBasic;
  return (...request) => authenticate(secret.expose())(...request);
}
