import { type Explain, explained, placeOf, said, withProviderError, withUnverifiedError } from './explanation.ts';

const adviceOnSize =
  'Let the identity provider send fewer groups and claims to this application. For example, filter the groups claim to the groups that matter here.';

/** Explanations of responses of the identity provider that cannot be used, and of client authentication. */
export const responseExplanations = {
  'idp_response_invalid.discovery_url': explained(
    'discoveryURL is neither an issuer nor the address of a discovery document, so nothing was requested.',
    'Enter the issuer, or the address that ends in /.well-known/openid-configuration. If the discovery document is at another address, set configurationType to custom and enter its issuer and endpoints.',
  ),
  'idp_response_invalid.metadata': ({ field }) => ({
    whatHappened: `The discovery document has no usable ${field ?? 'metadata'}.`,
    whatToDo:
      'Check that discoveryURL leads to the discovery document of your tenant. If the document is incomplete, set configurationType to custom and enter the issuer and the endpoints.',
  }),
  'idp_response_invalid.token_endpoint_moved': ({ expected, found }) => ({
    whatHappened: `The discovery document now names a token endpoint at ${said(found, 'another origin')}. When the client secret was stored, it was at ${said(expected, 'another origin')}. The client secret is not sent to a new origin until an admin allows it.`,
    whatToDo:
      'Ask the vendor of the identity provider whether the token endpoint moved. If it did, store clientSecret again: that allows the new origin.',
  }),
  'idp_response_invalid.no_usable_key': explained(
    'The JWK Set of the identity provider has no key that can verify signatures.',
    'Check that jwksUri, or the jwks_uri of the discovery document, is the address of the public signing keys. They must be RSA keys of at least 2048 bits, elliptic curve keys or Ed25519 keys.',
  ),
  'idp_response_invalid.status': (failure) => ({
    whatHappened: `The identity provider responded with status ${failure.status ?? 'other than 200'} at ${placeOf(failure)}.`,
    whatToDo: `Check the address of ${placeOf(failure)}, and look up the request in the log of the identity provider.`,
  }),
  'idp_response_invalid.redirect': (failure) => ({
    whatHappened: `The identity provider redirects at ${placeOf(failure)}. The server never follows a redirect, because it could lead anywhere.`,
    whatToDo:
      'Enter the address to which it redirects. If discoveryURL does not accept that address, set configurationType to custom and enter the issuer and the endpoints.',
  }),
  'idp_response_invalid.content_type': (failure) => ({
    whatHappened: `The identity provider responded with something other than JSON at ${placeOf(failure)}, such as a web page.`,
    whatToDo: `Check the address of ${placeOf(failure)}.`,
  }),
  'idp_response_invalid.encoded': (failure) => ({
    whatHappened: `The identity provider compressed its response at ${placeOf(failure)}, although the request asked for none.`,
    whatToDo: 'Disable compression for this address, at the identity provider or at the proxy in front of it.',
  }),
  'idp_response_invalid.too_large': (failure) => ({
    whatHappened: `The response at ${placeOf(failure)} is too large: ${said(failure.found, 'too many bytes')}, expected ${said(failure.expected, 'fewer')}.`,
    whatToDo: adviceOnSize,
  }),
  'idp_response_invalid.id_token_too_long': ({ expected, found }) => ({
    whatHappened: `The ID token is too long: ${said(found, 'too many characters')}, expected ${said(expected, 'fewer')}.`,
    whatToDo: adviceOnSize,
  }),
  'idp_response_invalid.id_token': explained(
    'The token response has an id_token that is not a string.',
    'Ask the vendor of the identity provider: id_token must be a signed JWT.',
  ),
  'idp_response_invalid.token_type': explained(
    'The token response has a token_type other than Bearer, or none.',
    'Let the application use Bearer tokens. Tokens that are bound to a key (DPoP, mutual TLS) are not supported.',
  ),
  'idp_response_invalid.access_token_missing': explained(
    'The ID token lacks the e-mail address, and the token response has no access token for a userinfo request.',
    'Put the claim email into the ID token, or let the identity provider issue an access token for userinfo.',
  ),
  'idp_response_invalid.access_token_malformed': explained(
    'The ID token lacks the e-mail address, and the access token has characters that a userinfo request cannot carry.',
    'Put the claim email into the ID token, or ask the vendor of the identity provider.',
  ),
  'idp_response_invalid.access_token_too_long': ({ expected, found }) => ({
    whatHappened: `The ID token lacks the e-mail address, and the access token is too long for a userinfo request: ${said(found, 'too many characters')}, expected ${said(expected, 'fewer')}.`,
    whatToDo: 'Put the claim email into the ID token, or put fewer roles and groups into the access token.',
  }),
  'idp_response_invalid.userinfo_not_signed': ({ expected }) => ({
    whatHappened: `The userinfo response is not signed. userinfoSignedResponseAlg expects ${said(expected, 'a signature')}.`,
    whatToDo:
      'Set the same algorithm for userinfo responses at the identity provider, or set userinfoSignedResponseAlg to automatic.',
  }),
  'idp_response_invalid.userinfo_algorithm': ({ expected, found }) => ({
    whatHappened: `The userinfo response is signed with ${said(found, 'another algorithm')}, expected ${said(expected, 'another')}.`,
    whatToDo:
      'Set userinfoSignedResponseAlg to the algorithm that the identity provider signs userinfo responses with.',
  }),
  'idp_response_invalid.not_verified': ({ found }) => ({
    whatHappened: `The signature, the issuer or the audience of the userinfo response is wrong${found === undefined ? '' : `: ${said(found, '')}`}.`,
    whatToDo:
      'Check that the identity provider signs userinfo responses for this client, with a key that it publishes at jwksUri. Encrypted responses are not supported.',
  }),
  idp_response_invalid: (failure) => ({
    whatHappened: `The identity provider's response at ${placeOf(failure)} cannot be used${failure.reason === undefined ? '' : ` (${failure.reason})`}.`,
    whatToDo: `Check the address of ${placeOf(failure)}, then ask the vendor of the identity provider.`,
  }),

  'idp_issuer_mismatch.iss_absent': (failure) => ({
    whatHappened: withUnverifiedError(
      'The authorization response lacks the parameter iss. The discovery document promises it (RFC 9207), so the response may come from another identity provider.',
      failure,
    ),
    whatToDo:
      'Ask the vendor of the identity provider to send iss in every authorization response, errors included. The error in the response may be the real cause, but it is not verified.',
  }),
  'idp_issuer_mismatch.iss_differs': (failure) => ({
    whatHappened: withUnverifiedError(
      `The authorization response names the issuer ${said(failure.found, 'none')}, but the request went to ${said(failure.expected, 'another issuer')}.`,
      failure,
    ),
    whatToDo:
      'If both are spellings of one identity provider, correct its configuration: iss must be its issuer, character by character (RFC 9207). Otherwise the response came from another identity provider.',
  }),
  'idp_issuer_mismatch.issuer_respelled': ({ expected, found }) => ({
    whatHappened: `The discovery document now names the issuer ${said(found, 'none')}. Until now it was ${said(expected, 'another issuer')}. A user is identified by issuer and subject, so with another issuer every member would be a new user.`,
    whatToDo: `Set the issuer at the identity provider back to ${said(expected, 'the one from before')}. If the change is meant to stay, enter ${said(found, 'the new issuer')} as discoveryURL, together with clientSecret, and allow the members of ${said(expected, 'the issuer from before')} to relink (docs/members.md).`,
  }),
  'idp_issuer_mismatch.issuer_changed': ({ expected, found }) => ({
    whatHappened: `The issuer changed from ${said(expected, 'another issuer')} to ${said(found, 'none')} while the member was at the identity provider.`,
    whatToDo: 'The member signs in again.',
  }),
  idp_issuer_mismatch: ({ expected, found }) => ({
    whatHappened: `The discovery document has the issuer ${said(found, 'none')}, but discoveryURL is for ${said(expected, 'another issuer')}.`,
    whatToDo: `Compare the two spellings, final slash included. If discoveryURL is wrong, enter the issuer exactly as the identity provider spells it. If ${said(found, 'the issuer')} is right but has no discovery document of its own, as with Azure AD B2C and Entra External ID, set configurationType to custom and enter that issuer and the endpoints.`,
  }),
  idp_issuer_is_template: explained(
    'Many tenants share this discovery document, so it names no issuer of its own.',
    'Enter the discoveryURL with the id of your own tenant in it.',
  ),

  'idp_client_refused.private_key_jwt': (failure) => ({
    whatHappened: withProviderError(
      'The identity provider rejects the client id, or the key that signs for this server.',
      failure,
    ),
    whatToDo:
      'At the identity provider, register the JWK Set URL that client-keys shows, or upload the certificate that it shows, with private_key_jwt as the method. Check clientId as well.',
  }),
  'idp_client_refused.none': (failure) => ({
    whatHappened: withProviderError(
      'The identity provider rejects the client id, or it requires client authentication.',
      failure,
    ),
    whatToDo:
      'Register the application as a public client with PKCE, or set tokenEndpointAuthMethod to another method and store the client secret. Check clientId as well.',
  }),
  idp_client_refused: (failure) => ({
    whatHappened: withProviderError(
      `The identity provider rejects the client id or the client secret${failure.method === undefined ? '' : ` (sent by ${failure.method})`}.`,
      failure,
    ),
    whatToDo:
      'Create a new client secret at the identity provider and store it as clientSecret. Check clientId and tokenEndpointAuthMethod as well.',
  }),
  idp_code_refused: (failure) => ({
    whatHappened: withProviderError(
      'The identity provider rejected the authorization code that it had issued.',
      failure,
    ),
    whatToDo:
      'The member signs in again. If it happens every time, check that the redirect URI that is registered there is the callback of this server.',
  }),
} as const satisfies Readonly<Record<string, Explain>>;
