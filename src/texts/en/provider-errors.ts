interface ProviderErrorText {
  readonly meaning: string;
  readonly remedy: string;
}

/**
 * What the errors of identity providers mean, and what to do about them. Admins read these; what a member reads depends
 * only on the code of the refusal. No text repeats anything that a provider or a browser sent.
 */
export const providerErrors = {
  client_unknown: {
    meaning: 'The identity provider knows no application with this client id.',
    remedy: 'Copy the client id again, and check that it belongs to the tenant that the issuer names.',
  },
  client_disabled: {
    meaning: 'The application is disabled at the identity provider.',
    remedy: 'Enable the application, or register another and store its client id and secret here.',
  },
  client_secret_wrong: {
    meaning: 'The identity provider rejects the client secret.',
    remedy: 'Create a new client secret and store its value here, not its id or its name.',
  },
  client_secret_expired: {
    meaning: 'The client secret has expired.',
    remedy: 'Create a new client secret and store it here. Note when the new one expires.',
  },
  client_key_refused: {
    meaning:
      'The identity provider rejects the client id with this key: it does not know the key, or it requires another client authentication method.',
    remedy:
      'At the identity provider, register the JWK Set URL that client-keys shows, or upload the certificate that it shows, with `private_key_jwt` as the method. Register a new key there before it is used.',
  },
  client_certificate_unknown: {
    meaning:
      'The identity provider does not know the certificate of the key that signed, or the certificate has expired.',
    remedy:
      'Download the certificate of the current key (`client-keys`, or `sallyport sso certificate`) and upload it to the application. A new key has a new certificate. Upload it before the key is used.',
  },
  client_assertion_not_current: {
    meaning: 'The identity provider says that the assertion of this server is not valid at this time.',
    remedy: 'Synchronize the clock of this server (NTP). An assertion is valid for a minute.',
  },
  client_is_public: {
    meaning:
      'The application is a public client at the identity provider, so it may not send a secret or an assertion.',
    remedy:
      'Register the redirect URI as one of a web application, which is confidential, or set `tokenEndpointAuthMethod` to `none`.',
  },
  client_public_refused: {
    meaning: 'The identity provider does not accept this client without client authentication.',
    remedy:
      'Register the application as a public client with PKCE, or set `tokenEndpointAuthMethod` to another method and store the client secret.',
  },
  client_authentication_method: {
    meaning: 'The application is not configured for the client authentication method that was used.',
    remedy:
      'Let the application authenticate with a client secret (a confidential web application), or set the method that it requires as `tokenEndpointAuthMethod`.',
  },
  grant_not_allowed: {
    meaning: 'The application may not use the authorization code flow, or not with these credentials.',
    remedy:
      'Allow the authorization code grant for the application, which must be a confidential web application. Some identity providers send this error for a wrong client secret, so check the secret and `tokenEndpointAuthMethod` as well.',
  },
  redirect_uri_unregistered: {
    meaning: 'The redirect URI is not registered for the application.',
    remedy: 'Register the redirect URI of this server, character by character, as one of a web application.',
  },
  scope_refused: {
    meaning: 'The identity provider does not grant a scope that was requested.',
    remedy:
      'Allow the scope for the application at the identity provider. To request fewer scopes, set `scopes`, which replaces `openid profile email` as a whole.',
  },
  tenant_unknown: {
    meaning: 'The identity provider has no tenant with this name.',
    remedy: 'Check the tenant in the discovery URL or issuer, and check that it belongs to this cloud.',
  },
  tenant_specific_required: {
    meaning: 'The application belongs to one tenant, but the endpoints for all tenants were used.',
    remedy: "Store the discovery URL of the tenant itself, with the tenant's id in it.",
  },
  account_foreign: {
    meaning: 'The account belongs to another tenant.',
    remedy: 'Sign in with an account of this tenant, or invite the account to it.',
  },
  account_blocked: {
    meaning: 'The account is locked or disabled, or its password must be changed.',
    remedy: 'Look up the sign-in in the logs of the identity provider, and unlock the account there.',
  },
  member_not_assigned: {
    meaning: 'The user is not assigned to the application.',
    remedy: 'Assign the user, or one of their groups, to the application.',
  },
  consent_missing: {
    meaning: 'The application has no consent to read the profiles of users.',
    remedy: 'Grant consent for the whole tenant, as an administrator of the tenant.',
  },
  consent_declined: {
    meaning: 'The user declined the consent, or went back.',
    remedy:
      'The user tries again and accepts. An administrator of the tenant can also consent for all users in advance.',
  },
  policy_refused: {
    meaning: 'A policy of the identity provider denied the sign-in.',
    remedy: 'Look up the sign-in in the logs of the identity provider. They name the policy.',
  },
  second_factor_needed: {
    meaning: 'The identity provider required another factor and did not get it.',
    remedy: 'The user sets up a second factor at the identity provider and tries again.',
  },
  access_denied: {
    meaning: 'The identity provider denied the sign-in, or the user cancelled it.',
    remedy:
      'Check that the user is assigned to the application, and look up the sign-in in the logs of the identity provider. After a cancelled sign-in, the user tries again.',
  },
  interaction_required: {
    meaning: 'The identity provider needs an action of the user, and could not show them a page for it.',
    remedy:
      'Look up the sign-in in the logs of the identity provider. If the authorization endpoint of the configuration has `prompt=none` in its query, remove it.',
  },
  code_spent: {
    meaning:
      'The authorization code was used before, has expired, or was issued for another redirect URI or application.',
    remedy:
      'The user signs in again. If it happens every time, check the redirect URI, the clocks, and whether the application requires a proof that this server does not send (DPoP, mutual TLS).',
  },
  code_verifier_refused: {
    meaning: 'The identity provider rejects the PKCE code verifier.',
    remedy: 'Allow PKCE with S256 for the application.',
  },
  request_refused: {
    meaning: 'The identity provider calls the request invalid.',
    remedy:
      'Compare the endpoints, the client id and the redirect URI with those in the admin console. If the application requires pushed authorization requests (PAR) or signed request objects, turn them off.',
  },
  provider_error: {
    meaning: 'The identity provider reports an internal error.',
    remedy:
      'Look up the sign-in in the logs of the identity provider. The cause can be an outage, or a mistake in the settings of the application, such as a claim mapping that fails.',
  },
  login_page_expired: {
    meaning: 'The sign-in page of the identity provider had expired when the user submitted it.',
    remedy: 'The user signs in again. No change is needed.',
  },
  provider_down: {
    meaning: 'The identity provider is not available at the moment.',
    remedy: 'Try again in a few minutes, and look at the status page of the identity provider.',
  },
} as const satisfies Readonly<Record<string, ProviderErrorText>>;
