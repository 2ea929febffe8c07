import type { ScreenTopic } from './profile.ts';

/** What an error of an identity provider means for its admin, and what to do about it. */
export interface Explanation {
  readonly meaning: string;
  readonly remedy: string;
  /** Where in the provider's admin console. */
  readonly screen?: ScreenTopic;
}

/**
 * The closed list of explanations. They are written for admins; what members see is fixed by the code of the refusal.
 * None repeats anything that a provider or a browser sent.
 */
export const explanations = {
  client_unknown: {
    meaning: 'The identity provider knows no application with this client id.',
    remedy: 'Copy the client id again, and check that it belongs to the tenant that the issuer names.',
    screen: 'clientId',
  },
  client_disabled: {
    meaning: 'The application is switched off at the identity provider.',
    remedy: 'Switch the application on, or register another and store its client id and secret here.',
    screen: 'application',
  },
  client_secret_wrong: {
    meaning: 'The identity provider does not accept the client secret.',
    remedy: 'Make a new client secret, and store its value here; beware of storing its id or name instead.',
    screen: 'clientSecret',
  },
  client_secret_expired: {
    meaning: 'The client secret has expired.',
    remedy: 'Make a new client secret and store it here. Note when that one expires.',
    screen: 'clientSecret',
  },
  client_key_refused: {
    meaning:
      'The identity provider does not accept the client id with this key: it does not know it, or wants another proof.',
    remedy:
      'Register the JWK Set URL that client-keys shows at the identity provider, or upload the certificate that it shows, with `private_key_jwt` as the method. A new key has to be known there before it is used.',
    screen: 'clientAuthentication',
  },
  client_certificate_unknown: {
    meaning:
      'The identity provider does not know the certificate of the key that signed, or the certificate has expired.',
    remedy:
      'Download the certificate of the current key (`client-keys`, or `sallyport sso certificate`) and upload it to the application. A new key has another certificate, which has to be uploaded before the key is used.',
    screen: 'clientCertificate',
  },
  client_assertion_not_current: {
    meaning: 'The identity provider says that the assertion of this server is not valid at this time.',
    remedy: 'Set the clock of this server by NTP. An assertion is valid for a minute.',
  },
  client_is_public: {
    meaning:
      'The application is a public client at the identity provider, so it may not send a secret or an assertion.',
    remedy:
      'Register the redirect URI as one of a web application, which is confidential, or set `tokenEndpointAuthMethod` to `none`.',
    screen: 'redirectUri',
  },
  client_public_refused: {
    meaning: 'The identity provider does not accept this client without authentication.',
    remedy:
      'Register the application as a public client with PKCE, or set `tokenEndpointAuthMethod` to another method and store the client secret.',
    screen: 'clientAuthentication',
  },
  client_authentication_method: {
    meaning: 'The application is not set up for the way in which the client secret was sent.',
    remedy:
      'Let the application authenticate with a client secret (a confidential web application), or set the method that it wants as `tokenEndpointAuthMethod`.',
    screen: 'clientAuthentication',
  },
  grant_not_allowed: {
    meaning: 'The application may not use the authorization code flow, or not with these credentials.',
    remedy:
      'Allow the authorization code grant for the application, which must be a confidential web application. Some identity providers answer a wrong client secret in this way, so check the secret and `tokenEndpointAuthMethod` too.',
    screen: 'application',
  },
  redirect_uri_unregistered: {
    meaning: 'The redirect URI is not registered for the application.',
    remedy: 'Register the redirect URI of this server, letter by letter, as one of a web application.',
    screen: 'redirectUri',
  },
  scope_refused: {
    meaning: 'The identity provider does not grant a scope that was requested.',
    remedy:
      'Allow the scope for the application at the identity provider. To request fewer scopes, set `scopes`, which replaces `openid profile email` as a whole.',
    screen: 'consent',
  },
  tenant_unknown: {
    meaning: 'The identity provider has no tenant of this name.',
    remedy: 'Check the tenant in the discovery URL or issuer, and that it is one of this cloud.',
    screen: 'issuer',
  },
  tenant_specific_required: {
    meaning: 'The application belongs to one tenant, and the endpoints of all tenants were used.',
    remedy: "Store the discovery URL of the tenant itself, with the tenant's id in it.",
    screen: 'issuer',
  },
  account_foreign: {
    meaning: 'The account belongs to another tenant.',
    remedy: 'Sign in with an account of this tenant, or invite the account to it.',
    screen: 'assignment',
  },
  account_blocked: {
    meaning: 'The account is locked, disabled or has a password that must be changed.',
    remedy: 'Look the sign-in up in the logs of the identity provider, and unlock the account there.',
    screen: 'logs',
  },
  member_not_assigned: {
    meaning: 'The person is not assigned to the application.',
    remedy: 'Assign the person, or a group that they are in, to the application.',
    screen: 'assignment',
  },
  consent_missing: {
    meaning: 'Nobody has consented that the application may read who signs in.',
    remedy: 'Grant consent for the whole tenant as its administrator.',
    screen: 'consent',
  },
  consent_declined: {
    meaning: 'The person declined, or went back.',
    remedy: 'Let them try again and accept; an administrator can consent for everybody beforehand.',
    screen: 'consent',
  },
  policy_refused: {
    meaning: 'A policy of the identity provider refused the sign-in.',
    remedy: 'Look the sign-in up in the logs of the identity provider, which name the policy.',
    screen: 'logs',
  },
  second_factor_needed: {
    meaning: 'The identity provider wanted a further factor and did not get it.',
    remedy: 'Let the person set a second factor up at the identity provider, and try again.',
    screen: 'logs',
  },
  access_denied: {
    meaning: 'The identity provider denied the sign-in, or the person cancelled it.',
    remedy:
      'Check that the person is assigned to the application, and look the sign-in up in the logs of the identity provider. After a cancelled sign-in, the person tries again.',
    screen: 'assignment',
  },
  interaction_required: {
    meaning: 'The identity provider needs something from the person, and could not show them a page for it.',
    remedy:
      'Look the sign-in up in the logs of the identity provider. If the authorization endpoint of the configuration has `prompt=none` in its query, remove it.',
  },
  code_spent: {
    meaning: 'The code was used before, is too old, or was given out for another redirect URI or application.',
    remedy:
      'The person signs in again. If it happens every time, check the redirect URI, the clocks, and whether the application demands a proof that this server does not give (DPoP, mutual TLS).',
    screen: 'redirectUri',
  },
  code_verifier_refused: {
    meaning: 'The identity provider does not accept the proof of PKCE.',
    remedy: 'Allow PKCE with S256 for the application.',
    screen: 'application',
  },
  request_refused: {
    meaning: 'The identity provider calls the request invalid.',
    remedy:
      'Compare the endpoints, the client id and the redirect URI with those in the admin console. Switch off pushed authorization requests (PAR) and signed request objects for the application if it demands them.',
    screen: 'application',
  },
  provider_error: {
    meaning: 'The identity provider reports an internal error.',
    remedy:
      'Look the sign-in up in the logs of the identity provider. An outage is possible, and so is a mistake in the settings of the application, such as a claim mapping that fails.',
    screen: 'logs',
  },
  login_page_expired: {
    meaning: 'The sign-in page of the identity provider had expired when the person used it.',
    remedy: 'The person signs in again. Nothing needs to be changed.',
  },
  provider_down: {
    meaning: 'The identity provider cannot answer at the moment.',
    remedy: 'Try again in a few minutes, and look at the status page of the identity provider.',
  },
} as const satisfies Readonly<Record<string, Explanation>>;

export type ExplanationId = keyof typeof explanations;
