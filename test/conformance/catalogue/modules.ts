import type { Outside } from './group.ts';

/** A module of the OpenID Foundation's conformance suite for relying parties, rebuilt as a test of the same name. */
export interface ConformanceModule {
  /** The suite's name for it, so that a reader can compare. */
  readonly name: string;
  readonly plan: 'Basic RP' | 'Config RP' | 'Form Post RP' | 'comprehensive' | 'FAPI 2.0' | 'logout' | 'other';
  /** What the provider does, and what a relying party must do, in a few words. */
  readonly about: string;
  readonly outside?: Outside;
}

const later = (why: string): Outside => ({ when: 'later', why });
const never = (why: string): Outside => ({ when: 'never', why });

const noLogout = later('There is no logout between Sallyport and an identity provider yet.');
const noFapi = later('Access tokens are bearer tokens and requests are not pushed so far; FAPI demands more.');

/** The modules, in the order of the suite's plans. Each without `outside` has a test whose title begins with its name. */
export const modules: readonly ConformanceModule[] = [
  { name: 'oidcc-client-test', plan: 'Basic RP', about: 'A sign-in without fault succeeds' },
  { name: 'oidcc-client-test-invalid-iss', plan: 'Basic RP', about: 'Another issuer in the ID token is refused' },
  { name: 'oidcc-client-test-missing-sub', plan: 'Basic RP', about: 'An ID token without subject is refused' },
  { name: 'oidcc-client-test-invalid-aud', plan: 'Basic RP', about: 'Another audience is refused' },
  { name: 'oidcc-client-test-missing-iat', plan: 'Basic RP', about: 'An ID token without time of issue is refused' },
  {
    name: 'oidcc-client-test-kid-absent-single-jwks',
    plan: 'Basic RP',
    about: 'Without key id the one fitting key is found',
  },
  {
    name: 'oidcc-client-test-kid-absent-multiple-jwks',
    plan: 'Basic RP',
    about: 'Without key id several fitting keys are tried',
  },
  { name: 'oidcc-client-test-idtoken-sig-rs256', plan: 'Basic RP', about: 'A signature with RS256 is accepted' },
  { name: 'oidcc-client-test-idtoken-sig-none', plan: 'Basic RP', about: 'An unsigned ID token is refused' },
  { name: 'oidcc-client-test-invalid-sig-rs256', plan: 'Basic RP', about: 'A broken signature with RS256 is refused' },
  { name: 'oidcc-client-test-userinfo-invalid-sub', plan: 'Basic RP', about: 'Userinfo of another subject is refused' },
  { name: 'oidcc-client-test-nonce-invalid', plan: 'Basic RP', about: 'Another nonce is refused' },
  {
    name: 'oidcc-client-test-scope-userinfo-claims',
    plan: 'Basic RP',
    about: 'Scopes are asked for and their claims read at userinfo',
  },
  {
    name: 'oidcc-client-test-client-secret-basic',
    plan: 'Basic RP',
    about: 'The client authenticates with HTTP Basic',
  },
  {
    name: 'oidcc-client-test-discovery-openid-config',
    plan: 'Config RP',
    about: 'The document is fetched before anything else',
  },
  {
    name: 'oidcc-client-test-discovery-jwks-uri-keys',
    plan: 'Config RP',
    about: 'Keys are fetched from where the document says, before userinfo',
  },
  {
    name: 'oidcc-client-test-discovery-issuer-mismatch',
    plan: 'Config RP',
    about: 'A document of another issuer stops before the browser leaves',
  },
  {
    name: 'oidcc-client-test-signing-key-rotation-just-before-signing',
    plan: 'Config RP',
    about: 'Keys made just before signing are fetched',
  },
  {
    name: 'oidcc-client-test-signing-key-rotation',
    plan: 'Config RP',
    about: 'Keys replaced between two sign-ins are fetched again',
  },
  { name: 'oidcc-client-test-missing-aud', plan: 'comprehensive', about: 'An ID token without audience is refused' },
  { name: 'oidcc-client-test-invalid-sig-hs256', plan: 'comprehensive', about: 'A broken MAC with HS256 is refused' },
  {
    name: 'oidcc-client-test-invalid-sig-es256',
    plan: 'comprehensive',
    about: 'A broken signature with ES256 is refused',
  },
  { name: 'oidcc-client-test-nonce-unless-code-flow', plan: 'comprehensive', about: 'A nonce is sent' },
  {
    name: 'oidcc-client-test-userinfo-bearer-header',
    plan: 'comprehensive',
    about: 'The access token goes into the header',
  },
  {
    name: 'oidcc-client-test-userinfo-bearer-body',
    plan: 'comprehensive',
    about: 'The access token goes into the body',
    outside: never('The header is what every provider must accept (RFC 6750, section 2.1).'),
  },
  { name: 'oidcc-client-test-userinfo-signed', plan: 'comprehensive', about: 'Signed userinfo is verified and read' },
  { name: 'oidcc-client-test-aggregated-claims', plan: 'comprehensive', about: 'Claims signed by others do no harm' },
  {
    name: 'oidcc-client-test-distributed-claims',
    plan: 'comprehensive',
    about: 'Claims that lie elsewhere are not followed',
  },
  {
    name: 'oidcc-client-test-mtls-endpoint-aliases',
    plan: 'comprehensive',
    about: 'Aliases are used with mutual TLS',
    outside: later('Connections do not use mutual TLS.'),
  },
  {
    name: 'oidcc-client-test-form-post-error',
    plan: 'Form Post RP',
    about: 'An error that comes by POST is shown',
    outside: later('Answers are asked for in the query; the plan of the same modules by POST is not supported.'),
  },
  {
    name: 'oidcc-client-test-invalid-athash',
    plan: 'comprehensive',
    about: 'A hash of another access token is refused',
  },
  {
    name: 'oidcc-client-test-missing-athash',
    plan: 'comprehensive',
    about: 'A hash must be there in other flows',
    outside: never('It is required in the implicit and hybrid flows alone, which are not used.'),
  },
  { name: 'oidcc-client-test-invalid-chash', plan: 'comprehensive', about: 'A hash of another code is refused' },
  {
    name: 'oidcc-client-test-missing-chash',
    plan: 'comprehensive',
    about: 'A hash must be there in the hybrid flow',
    outside: never('The hybrid flow is not used.'),
  },
  {
    name: 'oidcc-client-test-discovery-webfinger-acct',
    plan: 'comprehensive',
    about: 'A provider is found by an address',
    outside: never('An admin names the provider; nobody else may.'),
  },
  {
    name: 'oidcc-client-test-discovery-webfinger-url',
    plan: 'comprehensive',
    about: 'A provider is found by a URL',
    outside: never('An admin names the provider; nobody else may.'),
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
    about: 'The request is signed',
    outside: never('Requests are not signed; PKCE, nonce and state bind them.'),
  },
  {
    name: 'oidcc-client-test-request-uri-signed-none',
    plan: 'comprehensive',
    about: 'The request is unsigned by reference',
    outside: never('Requests are not passed by reference.'),
  },
  {
    name: 'oidcc-client-test-refresh-token',
    plan: 'other',
    about: "The provider's refresh token is used",
    outside: later('Nothing is asked of a provider after a sign-in.'),
  },
  {
    name: 'oidcc-client-test-3rd-party-init-login',
    plan: 'other',
    about: 'Somebody else begins the sign-in',
    outside: later('A sign-in begins at Sallyport or at the application.'),
  },
  { name: 'oidcc-client-test-rp-init-logout', plan: 'logout', about: 'We log out at the provider', outside: noLogout },
  {
    name: 'oidcc-client-test-rp-backchannel-rpinitlogout',
    plan: 'logout',
    about: 'The provider logs out at our back channel, and its eight hostile variants',
    outside: noLogout,
  },
  {
    name: 'oidcc-client-test-rp-frontchannel-rpinitlogout',
    plan: 'logout',
    about: 'The provider logs out through the browser',
    outside: noLogout,
  },
  {
    name: 'oidcc-client-test-session-management',
    plan: 'logout',
    about: "The provider's frame is polled",
    outside: never('It depends on cookies that browsers no longer send.'),
  },
  {
    name: 'fapi2-security-profile-final-client-test-happy-path',
    plan: 'FAPI 2.0',
    about: 'A sign-in with pushed requests and proofs of possession',
    outside: noFapi,
  },
  {
    name: 'fapi2-security-profile-final-client-test-discovery-issuer-mismatch',
    plan: 'FAPI 2.0',
    about: 'A document of another issuer stops',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-iss',
    plan: 'FAPI 2.0',
    about: 'Another issuer is refused',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-missing-iss',
    plan: 'FAPI 2.0',
    about: 'No issuer is refused',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-aud',
    plan: 'FAPI 2.0',
    about: 'Another audience is refused',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-missing-aud',
    plan: 'FAPI 2.0',
    about: 'No audience is refused',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-secondary-aud',
    plan: 'FAPI 2.0',
    about: 'A second audience is refused',
  },
  {
    name: 'fapi2-security-profile-final-client-test-valid-aud-as-array',
    plan: 'FAPI 2.0',
    about: 'The audience as a list of one is accepted',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-null-alg',
    plan: 'FAPI 2.0',
    about: 'An unsigned ID token is refused',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-alternate-alg',
    plan: 'FAPI 2.0',
    about: 'Another algorithm is refused',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-expired-exp',
    plan: 'FAPI 2.0',
    about: 'A token that expired six minutes ago is refused',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-missing-exp',
    plan: 'FAPI 2.0',
    about: 'A token without expiry is refused',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-nonce',
    plan: 'FAPI 2.0',
    about: 'Another nonce is refused',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-missing-nonce',
    plan: 'FAPI 2.0',
    about: 'No nonce is refused',
  },
  {
    name: 'fapi2-security-profile-final-client-test-invalid-authorization-response-iss',
    plan: 'FAPI 2.0',
    about: 'Another issuer in the answer is refused before the code is redeemed',
  },
  {
    name: 'fapi2-security-profile-final-client-test-remove-authorization-response-iss',
    plan: 'FAPI 2.0',
    about: 'No issuer in the answer, although promised, is refused before the code is redeemed',
  },
  {
    name: 'fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-state-fails',
    plan: 'FAPI 2.0',
    about: 'Another state is refused before the code is redeemed',
  },
  {
    name: 'fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-missing-state-fails',
    plan: 'FAPI 2.0',
    about: 'No state is refused before the code is redeemed',
  },
  {
    name: 'fapi2-security-profile-final-client-test-token-endpoint-response-without-expires-in',
    plan: 'FAPI 2.0',
    about: 'A token answer without life is accepted',
  },
  {
    name: 'fapi2-security-profile-final-client-test-token-type-case-insensitivity',
    plan: 'FAPI 2.0',
    about: 'The token type is read in any case',
  },
];
