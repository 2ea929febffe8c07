import type { Outside } from './group.ts';

/**
 * A module of the OpenID Foundation's conformance suite for relying parties, reimplemented as a test of the same name.
 */
export interface ConformanceModule {
  /** The module's name in the suite, for comparison. */
  readonly name: string;
  readonly plan: 'Basic RP' | 'Config RP' | 'Form Post RP' | 'comprehensive' | 'FAPI 2.0' | 'logout' | 'other';
  /** The behavior of the provider and the requirement for the relying party, in a few words. */
  readonly about: string;
  readonly outside?: Outside;
}

const later = (why: string): Outside => ({ when: 'later', why });
const never = (why: string): Outside => ({ when: 'never', why });

const noLogout = later('There is no logout between Sallyport and an identity provider yet.');
const noFapi = later(
  'Access tokens are bearer tokens, and there are no pushed authorization requests yet. FAPI requires more.',
);

/**
 * The modules, in the order of the suite's plans. Each module without `outside` has a test whose title begins with its
 * name.
 */
export const modules: readonly ConformanceModule[] = [
  { name: 'oidcc-client-test', plan: 'Basic RP', about: 'A valid sign-in succeeds' },
  { name: 'oidcc-client-test-invalid-iss', plan: 'Basic RP', about: 'Another issuer in the ID token is rejected' },
  { name: 'oidcc-client-test-missing-sub', plan: 'Basic RP', about: 'An ID token without a subject is rejected' },
  { name: 'oidcc-client-test-invalid-aud', plan: 'Basic RP', about: 'Another audience is rejected' },
  { name: 'oidcc-client-test-missing-iat', plan: 'Basic RP', about: 'An ID token without `iat` is rejected' },
  {
    name: 'oidcc-client-test-kid-absent-single-jwks',
    plan: 'Basic RP',
    about: 'Without a key ID the only suitable key is used',
  },
  {
    name: 'oidcc-client-test-kid-absent-multiple-jwks',
    plan: 'Basic RP',
    about: 'Without a key ID several suitable keys are tried',
  },
  { name: 'oidcc-client-test-idtoken-sig-rs256', plan: 'Basic RP', about: 'An RS256 signature is accepted' },
  { name: 'oidcc-client-test-idtoken-sig-none', plan: 'Basic RP', about: 'An unsigned ID token is rejected' },
  { name: 'oidcc-client-test-invalid-sig-rs256', plan: 'Basic RP', about: 'An invalid RS256 signature is rejected' },
  {
    name: 'oidcc-client-test-userinfo-invalid-sub',
    plan: 'Basic RP',
    about: 'Userinfo for another subject is rejected',
  },
  { name: 'oidcc-client-test-nonce-invalid', plan: 'Basic RP', about: 'Another nonce is rejected' },
  {
    name: 'oidcc-client-test-scope-userinfo-claims',
    plan: 'Basic RP',
    about: 'Scopes are requested, and their claims are read from userinfo',
  },
  {
    name: 'oidcc-client-test-client-secret-basic',
    plan: 'Basic RP',
    about: 'The client authenticates with HTTP Basic',
  },
  {
    name: 'oidcc-client-test-discovery-openid-config',
    plan: 'Config RP',
    about: 'The discovery document is fetched first',
  },
  {
    name: 'oidcc-client-test-discovery-jwks-uri-keys',
    plan: 'Config RP',
    about: 'Keys are fetched from the `jwks_uri` before userinfo',
  },
  {
    name: 'oidcc-client-test-discovery-issuer-mismatch',
    plan: 'Config RP',
    about: 'A discovery document with another issuer is rejected before the redirect',
  },
  {
    name: 'oidcc-client-test-signing-key-rotation-just-before-signing',
    plan: 'Config RP',
    about: 'Keys created just before signing are fetched',
  },
  {
    name: 'oidcc-client-test-signing-key-rotation',
    plan: 'Config RP',
    about: 'Keys replaced between two sign-ins are fetched again',
  },
  {
    name: 'oidcc-client-test-missing-aud',
    plan: 'comprehensive',
    about: 'An ID token without an audience is rejected',
  },
  {
    name: 'oidcc-client-test-invalid-sig-hs256',
    plan: 'comprehensive',
    about: 'An invalid HS256 signature is rejected',
  },
  {
    name: 'oidcc-client-test-invalid-sig-es256',
    plan: 'comprehensive',
    about: 'An invalid ES256 signature is rejected',
  },
  { name: 'oidcc-client-test-nonce-unless-code-flow', plan: 'comprehensive', about: 'A nonce is sent' },
  {
    name: 'oidcc-client-test-userinfo-bearer-header',
    plan: 'comprehensive',
    about: 'The access token is sent in the header',
  },
  {
    name: 'oidcc-client-test-userinfo-bearer-body',
    plan: 'comprehensive',
    about: 'The access token is sent in the body',
    outside: never('Every provider must accept the header (RFC 6750, section 2.1).'),
  },
  { name: 'oidcc-client-test-userinfo-signed', plan: 'comprehensive', about: 'Signed userinfo is verified and read' },
  {
    name: 'oidcc-client-test-aggregated-claims',
    plan: 'comprehensive',
    about: 'Aggregated claims do not cause a failure',
  },
  {
    name: 'oidcc-client-test-distributed-claims',
    plan: 'comprehensive',
    about: 'Distributed claims are not fetched',
  },
  {
    name: 'oidcc-client-test-mtls-endpoint-aliases',
    plan: 'comprehensive',
    about: 'Mutual-TLS endpoint aliases are used',
    outside: later('Connections do not use mutual TLS.'),
  },
  {
    name: 'oidcc-client-test-form-post-error',
    plan: 'Form Post RP',
    about: 'An error by POST is shown',
    outside: later('Responses are requested in the query. The plan of the same modules by POST is not supported.'),
  },
  {
    name: 'oidcc-client-test-invalid-athash',
    plan: 'comprehensive',
    about: 'The hash of another access token is rejected',
  },
  {
    name: 'oidcc-client-test-missing-athash',
    plan: 'comprehensive',
    about: 'The hash is required in other flows',
    outside: never('It is required only in the implicit and hybrid flows, which are not used.'),
  },
  { name: 'oidcc-client-test-invalid-chash', plan: 'comprehensive', about: 'The hash of another code is rejected' },
  {
    name: 'oidcc-client-test-missing-chash',
    plan: 'comprehensive',
    about: 'The hash is required in the hybrid flow',
    outside: never('The hybrid flow is not used.'),
  },
  {
    name: 'oidcc-client-test-discovery-webfinger-acct',
    plan: 'comprehensive',
    about: 'A provider is discovered by an e-mail address',
    outside: never('Only an admin configures the provider.'),
  },
  {
    name: 'oidcc-client-test-discovery-webfinger-url',
    plan: 'comprehensive',
    about: 'A provider is discovered by a URL',
    outside: never('Only an admin configures the provider.'),
  },
  {
    name: 'oidcc-client-test-dynamic-registration',
    plan: 'comprehensive',
    about: 'The client registers itself',
    outside: never('An admin registers the client.'),
  },
  {
    name: 'oidcc-client-test-request-uri-signed-rs256',
    plan: 'comprehensive',
    about: 'The authorization request is signed',
    outside: never('Requests are not signed; PKCE, nonce and state protect them.'),
  },
  {
    name: 'oidcc-client-test-request-uri-signed-none',
    plan: 'comprehensive',
    about: 'An unsigned request object is passed by reference',
    outside: never('Requests are not passed by reference.'),
  },
  {
    name: 'oidcc-client-test-refresh-token',
    plan: 'other',
    about: "The provider's refresh token is used",
    outside: later('The server sends no requests to a provider after a sign-in.'),
  },
  {
    name: 'oidcc-client-test-3rd-party-init-login',
    plan: 'other',
    about: 'A third party starts the sign-in',
    outside: later('A sign-in starts at Sallyport or at the application.'),
  },
  {
    name: 'oidcc-client-test-rp-init-logout',
    plan: 'logout',
    about: 'Logout starts at the relying party',
    outside: noLogout,
  },
  {
    name: 'oidcc-client-test-rp-backchannel-rpinitlogout',
    plan: 'logout',
    about: 'Back-channel logout by the provider, and its eight hostile variants',
    outside: noLogout,
  },
  {
    name: 'oidcc-client-test-rp-frontchannel-rpinitlogout',
    plan: 'logout',
    about: 'Front-channel logout by the provider',
    outside: noLogout,
  },
  {
    name: 'oidcc-client-test-session-management',
    plan: 'logout',
    about: "The provider's session frame is polled",
    outside: never('It depends on cookies that browsers no longer send.'),
  },
  {
    name: 'fapi2-security-profile-final-client-test-happy-path',
    plan: 'FAPI 2.0',
    about: 'A sign-in with pushed authorization requests and DPoP',
    outside: noFapi,
  },
  {
    name: 'fapi2-security-profile-final-client-test-discovery-issuer-mismatch',
    plan: 'FAPI 2.0',
    about: 'A discovery document with another issuer is rejected',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-iss',
    plan: 'FAPI 2.0',
    about: 'Another issuer is rejected',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-missing-iss',
    plan: 'FAPI 2.0',
    about: 'A missing issuer is rejected',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-aud',
    plan: 'FAPI 2.0',
    about: 'Another audience is rejected',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-missing-aud',
    plan: 'FAPI 2.0',
    about: 'A missing audience is rejected',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-secondary-aud',
    plan: 'FAPI 2.0',
    about: 'A second audience is rejected',
  },
  {
    name: 'fapi2-security-profile-final-client-test-valid-aud-as-array',
    plan: 'FAPI 2.0',
    about: 'A list of one audience is accepted',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-null-alg',
    plan: 'FAPI 2.0',
    about: 'An unsigned ID token is rejected',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-alternate-alg',
    plan: 'FAPI 2.0',
    about: 'Another algorithm is rejected',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-expired-exp',
    plan: 'FAPI 2.0',
    about: 'A token that expired six minutes ago is rejected',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-missing-exp',
    plan: 'FAPI 2.0',
    about: 'A token without an expiry is rejected',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-nonce',
    plan: 'FAPI 2.0',
    about: 'Another nonce is rejected',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-missing-nonce',
    plan: 'FAPI 2.0',
    about: 'A missing nonce is rejected',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-authorization-response-iss',
    plan: 'FAPI 2.0',
    about: 'Another issuer in the authorization response is rejected before the code is redeemed',
  },
  {
    name: 'fapi2-security-profile-final-client-test-remove-authorization-response-iss',
    plan: 'FAPI 2.0',
    about: 'A missing but announced issuer in the response is rejected before the code is redeemed',
  },
  {
    name: 'fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-state-fails',
    plan: 'FAPI 2.0',
    about: 'Another state is rejected before the code is redeemed',
  },
  {
    name: 'fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-missing-state-fails',
    plan: 'FAPI 2.0',
    about: 'A missing state is rejected before the code is redeemed',
  },
  {
    name: 'fapi2-security-profile-final-client-test-token-endpoint-response-without-expires-in',
    plan: 'FAPI 2.0',
    about: 'A token response without `expires_in` is accepted',
  },
  {
    name: 'fapi2-security-profile-final-client-test-token-type-case-insensitivity',
    plan: 'FAPI 2.0',
    about: 'The token type is case-insensitive',
  },
];
