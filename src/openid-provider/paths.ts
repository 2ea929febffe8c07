/** The paths of the OpenID Provider, by the library's names for them. */
export const providerPaths = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  userinfo: '/oauth/userinfo',
  introspection: '/oauth/introspect',
  revocation: '/oauth/revoke',
  pushed_authorization_request: '/oauth/par',
  device_authorization: '/oauth/device',
  code_verification: '/oauth/device/verify',
  end_session: '/oauth/logout',
  jwks: '/.well-known/jwks.json',
} as const;

/** Where clients find the metadata (OpenID Connect Discovery 1.0, section 4; RFC 8414, section 3). */
export const metadataPaths = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'] as const;
