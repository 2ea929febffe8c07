import type { Random } from '../../kernel/random.ts';
import { clientAuthentication } from '../client-authentication/client-authentication.ts';
import type { ConnectionSettings } from '../connection.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';

/** A token request whose code nobody ever issued. */
export interface ImpossibleGrant {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What it holds that must not come back in a text, in whatever spelling. */
  readonly secrets: readonly string[];
}

/**
 * Puts a token request together (RFC 6749, section 4.1.3; RFC 7636, section 4.5) that is right in every part but its
 * code. A provider authenticates the client before it looks at the code (RFC 6749, section 3.2.1), so its error tells
 * whether it takes the secret, and nobody is signed in.
 */
export async function impossibleGrant(
  connection: ConnectionSettings,
  metadata: ProviderMetadata,
  { redirectUri, random }: { readonly redirectUri: string; readonly random: Random },
): Promise<ImpossibleGrant> {
  const code = `connection-test-${random.token(24)}`;
  const verifier = random.token(32);
  const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
  const body = new URLSearchParams(grant);
  const headers = new Headers({
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  });
  const { issuer } = metadata;
  const prove = clientAuthentication(connection, metadata);
  // Its type does not say so, but an assertion is signed asynchronously.
  await Promise.resolve(prove({ issuer }, { client_id: connection.clientId }, body, headers));
  const assertion = body.get('client_assertion');
  return {
    headers: Object.fromEntries(headers),
    body: body.toString(),
    secrets: [
      connection.clientSecret.expose(),
      ...credentials(headers),
      ...(assertion === null ? [] : [assertion]),
      code,
      verifier,
    ],
  };
}

function credentials(headers: Headers): readonly string[] {
  const [, value] = (headers.get('authorization') ?? '').split(' ');
  return value === undefined ? [] : [value];
}
