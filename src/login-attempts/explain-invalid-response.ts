import type { Explanation } from '../contract/login-attempts.ts';
import type { FailureFacts } from './failure-facts.ts';

type Explain = (facts: FailureFacts, place: string) => Explanation;

const explained = (whatHappened: string, whatToDo: string): Explanation => ({ whatHappened, whatToDo });

/** What is wrong with a response that cannot be used, by the reason that the step gave. */
const reasons: Readonly<Record<string, Explain>> = {
  discovery_url: () =>
    explained(
      'discoveryURL is neither an issuer nor the address of a discovery document, so nothing was requested.',
      'Enter the issuer, or the address that ends in /.well-known/openid-configuration. If the discovery document is at another address, set configurationType to custom and enter its issuer and endpoints.',
    ),
  metadata: ({ field }) =>
    explained(
      `The discovery document has no usable ${field ?? 'metadata'}.`,
      'Check that discoveryURL leads to the discovery document of your tenant. If the document itself is incomplete, set configurationType to custom and enter the issuer and the endpoints.',
    ),
  token_endpoint_moved: ({ expected, found }) =>
    explained(
      `The discovery document now names a token endpoint at ${found ?? 'another place'}. When the client secret was stored, it was at ${expected ?? 'another place'}. The client secret is not sent to a new place without an admin.`,
      'Ask the vendor of the identity provider whether the token endpoint moved. If it did, store clientSecret again: that allows the new place.',
    ),
  no_usable_key: () =>
    explained(
      'The key set of the identity provider has no key that can verify signatures.',
      'Check that jwksUri, or the jwks_uri of the discovery document, is the address of the public signing keys, and that these are RSA keys of at least 2048 bits, elliptic curve keys or Ed25519 keys.',
    ),
  status: ({ status }, place) =>
    explained(
      `The identity provider answered with status ${status ?? 'other than 200'} at ${place}.`,
      `Check the address of ${place}, and look the request up in the log of the identity provider.`,
    ),
  redirect: (_facts, place) =>
    explained(
      `The identity provider redirects at ${place}. A redirect is never followed, because it could lead anywhere.`,
      `Enter the address to which it redirects. If that is no address that discoveryURL accepts, set configurationType to custom and enter the issuer and the endpoints.`,
    ),
  content_type: (_facts, place) =>
    explained(
      `The identity provider answered with something other than JSON at ${place}, such as a web page.`,
      `Check the address of ${place}.`,
    ),
  encoded: (_facts, place) =>
    explained(
      `The identity provider compressed its response at ${place}, although the request asked for none.`,
      'Switch compression off for this address, at the identity provider or at the proxy in front of it.',
    ),
  too_large: ({ expected, found }, place) =>
    explained(
      `The response at ${place} is too large: ${found ?? 'too many bytes'}, expected ${expected ?? 'fewer'}.`,
      adviceOnSize,
    ),
  id_token_too_long: ({ expected, found }) =>
    explained(
      `The ID token is too long: ${found ?? 'too many characters'}, expected ${expected ?? 'fewer'}.`,
      adviceOnSize,
    ),
  id_token: () =>
    explained(
      'The token response has an id_token that is no text.',
      'Ask the vendor of the identity provider: id_token must be a signed JWT.',
    ),
  token_type: () =>
    explained(
      'The token response has a token_type other than Bearer, or none.',
      'Let the application use Bearer tokens. Tokens that are bound to a key (DPoP, mutual TLS) are not supported.',
    ),
  access_token_missing: () =>
    explained(
      'The ID token lacks the e-mail address, and the token response has no access token to request it from userinfo with.',
      'Put the claim email into the ID token, or let the identity provider issue an access token for userinfo.',
    ),
  access_token_malformed: () =>
    explained(
      'The ID token lacks the e-mail address, and the access token has characters that a userinfo request cannot carry.',
      'Put the claim email into the ID token, or ask the vendor of the identity provider.',
    ),
  access_token_too_long: ({ expected, found }) =>
    explained(
      `The ID token lacks the e-mail address, and the access token is too long for a userinfo request: ${found ?? 'too many characters'}, expected ${expected ?? 'fewer'}.`,
      'Put the claim email into the ID token, or put fewer roles and groups into the access token.',
    ),
  userinfo_not_signed: ({ expected }) =>
    explained(
      `The userinfo response is not signed. userinfoSignedResponseAlg expects ${expected ?? 'a signature'}.`,
      'Set the same algorithm for userinfo responses at the identity provider, or set userinfoSignedResponseAlg to automatic.',
    ),
  userinfo_algorithm: ({ expected, found }) =>
    explained(
      `The userinfo response is signed with ${found ?? 'another algorithm'}, expected ${expected ?? 'another'}.`,
      'Set userinfoSignedResponseAlg to the algorithm that the identity provider signs userinfo responses with.',
    ),
  not_verified: ({ found }) =>
    explained(
      `The signature, the issuer or the audience of the userinfo response is wrong${found === undefined ? '' : `: ${found}`}.`,
      'Check that the identity provider signs userinfo responses with a key that it publishes at jwksUri, and for this client. Encrypted responses are not supported.',
    ),
};

const adviceOnSize =
  'Let the identity provider send fewer groups and claims to this application: filter the groups claim to the groups that matter here.';

/** What it means that a provider's response cannot be used. */
export function explainInvalidResponse(facts: FailureFacts, place: string): Explanation {
  const explain = facts.reason === undefined ? undefined : reasons[String(facts.reason)];
  return (
    explain?.(facts, place) ?? {
      whatHappened: `The identity provider's response at ${place} cannot be used${facts.reason === undefined ? '' : ` (${facts.reason})`}.`,
      whatToDo: `Check the address of ${place}, then ask the vendor of the identity provider.`,
    }
  );
}
