import type { ErrorCode } from '../../contract/errors.ts';

/**
 * The public text of each error: what happened, then what to do. Members read those of a sign-in. No text holds input, a
 * claim or what an identity provider sent.
 */
export const errors: Readonly<Record<ErrorCode, string>> = {
  // Requests to the API.
  validation_failed: 'The request is not valid.',
  malformed_json: 'The body is not valid JSON.',
  unsupported_media_type: 'The body has the wrong media type. Send it as application/json.',
  body_too_large: 'The body is larger than this endpoint accepts. Send a smaller one.',
  bad_request: 'The request is not valid HTTP. Check the request line and the headers.',
  request_timeout: 'The request took too long to arrive. Send it again.',
  path_too_long: 'A segment of the path is longer than any identifier. Check the URL.',
  headers_too_large: 'The headers of the request are too large. Send fewer or smaller headers and cookies.',
  route_not_found: 'The endpoint does not exist. Check the path.',
  method_not_allowed: 'This endpoint does not support the method. Use one that the Allow header lists.',
  rate_limited: 'Too many requests. Try again after the time in the Retry-After header.',
  connection_tests_limited: 'This organization ran too many connection tests within a minute. Try again in a minute.',
  work_limited: 'Too many requests of this kind are waiting. Try again in a few seconds.',
  work_failed: 'The server could not do the work that the request needs. Nothing was changed. Try again.',
  internal_error: 'The server failed. Ask its operator to look up the cause in the log by the reqId.',
  storage_unavailable: 'The database does not respond or cannot be written to. Nothing was changed. Try again.',
  not_ready: 'The server is starting or stopping. Try again in a few seconds.',

  // Authentication and authorization.
  token_missing: 'The request has no access token. Send one as a bearer token.',
  token_invalid: 'The access token is malformed, expired or revoked. Get a new one.',
  organization_not_selected: 'The access token is not for an organization. Select one first.',
  user_token_required: 'This endpoint needs the access token of a user.',
  machine_token_required: 'This endpoint needs the access token of a machine identity.',
  credentials_invalid: 'The credentials are not valid. Check them and try again.',
  credentials_locked: 'Too many failed attempts. This login is locked for some minutes. Try again later.',
  refresh_token_invalid: 'The session has ended or does not exist. Sign in again.',
  refresh_token_superseded: 'This refresh token was replaced, and so was its successor. Send the newest one.',
  permission_denied: 'Your role does not allow this. Ask an admin of the organization.',
  sso_required: 'This organization enforces single sign-on. Sign in through its identity provider.',
  emergency_use_unrecorded: 'The bypass of single sign-on could not be audited, so it was denied. Try again.',
  session_too_old: 'Your session is older than this organization allows. Sign in again.',
  cross_site_request: 'The request came from another site. Open the page on this site and try again.',
  setup_token_required:
    'Only callers on the local network may set up this server. From elsewhere, set SALLYPORT_SETUP_TOKEN and send it as a bearer token. Behind a proxy, list the proxy in SALLYPORT_TRUSTED_PROXIES.',
  break_glass_session:
    'A session from a break-glass code can only read, repair the single sign-on connection and end sessions. Sign in through your identity provider for anything else.',

  // Resources that do not exist, or not for this caller.
  organization_not_found: 'The organization does not exist.',
  oidc_config_not_found: 'This organization has no OIDC configuration. Create one first.',
  identity_not_found: 'The machine identity does not exist.',
  universal_auth_not_found: 'This machine identity has no universal auth. Attach it first.',
  client_secret_not_found: 'The client secret does not exist.',
  group_not_found: 'The group does not exist.',
  user_not_found: 'The user does not exist.',
  membership_not_found: 'The member does not exist.',
  login_attempt_not_found: 'There is no record of this sign-in attempt.',
  session_not_found: 'The session does not exist.',
  email_domain_not_found: 'The e-mail domain does not exist.',
  invitation_not_found: 'The invitation does not exist.',
  audit_webhook_not_found: 'This organization has no audit webhook.',
  application_not_found: 'The application does not exist.',
  application_secret_not_found: 'The client secret does not exist, or it has expired.',
  client_key_set_not_found: 'There is no JWK Set at this address.',
  client_certificate_not_found:
    'This client key has no certificate. Rotate the client key to get a key with a certificate.',

  // Conflicts with what is stored.
  oidc_config_exists: 'This organization already has an OIDC configuration. Change it with PATCH.',
  oidc_config_enforced:
    'This organization enforces single sign-on. Turn enforcement off before you delete the OIDC configuration.',
  enforcement_needs_config:
    'Single sign-on cannot be enforced without an active OIDC configuration. Create and activate one first.',
  enforcement_needs_sign_in:
    'No user has signed in since the endpoints, the client or the algorithm of the OIDC configuration last changed. Sign in through it once, then enforce single sign-on.',
  slug_taken: 'This slug is taken.',
  name_taken: 'This name is taken. Choose another.',
  last_admin: 'An organization needs at least one active admin. Make another member an admin first.',
  limit_reached: 'The server allows no more of these. Delete one first.',
  key_rotation_not_ready:
    'At least one node lacks a root key that the rotation needs. Follow docs/key-rotation.md, then try again.',
  universal_auth_exists: 'This machine identity already has universal auth. Change it with PATCH.',
  precondition_failed: 'The resource was changed after you read it. Read it again, then repeat your change.',
  organization_holds_server_identity:
    'The organization has a machine identity that is an instance admin. Without it scripts may lose access to the server. Delete that machine identity first.',
  organization_vouched_for:
    'SALLYPORT_VERIFIED_DOMAINS names this organization. Remove it from that setting and restart the server first.',
  deleted_meanwhile: 'Something that this request needs was deleted in the meantime. Nothing was changed.',
  already_bootstrapped: 'This server is set up already. Sign in as its instance admin.',
  outbound_url_refused: 'The outbound policy does not allow this URL.',
  group_managed_by_idp:
    'The identity provider manages the group members of this organization. Change the groups there.',
  audit_webhook_exists: 'This organization already has an audit webhook. Change it with PATCH.',
  application_secret_unused:
    'This application does not authenticate with a client secret. Change its tokenEndpointAuthMethod first.',
  resource_taken: 'Another application already offers this API. Remove the identifier from resources.',
  client_key_unused:
    'This OIDC configuration does not use a client key. Set tokenEndpointAuthMethod to private_key_jwt first.',
  identity_not_linked:
    'This member has no linked identity that could be replaced. Their next sign-in links one; no permission is needed.',
  issuer_not_linked: 'No member has an identity from this issuer. Spell the issuer exactly as it was linked.',
  relink_needs_domain:
    'Members can relink only if the organization has verified the domain of their e-mail address. Verify the domain, or remove the member and send an invitation.',
  invitation_exists: 'There is an open invitation for this e-mail address. Renew or revoke it.',
  invitation_closed: 'The invitation was accepted or revoked. Create a new one.',
  invitation_of_member: 'A member of this organization has this e-mail address. Change that member instead.',

  // E-mail domains.
  email_domain_exists: 'The organization already has this e-mail domain.',
  email_domain_taken:
    'Another organization has verified this e-mail domain, and its TXT record still exists. Remove that record first.',
  email_domain_vouched:
    'The operator of this server has verified this e-mail domain. Only the settings of the server can change it.',
  email_domain_changed: 'The e-mail domain was changed during the DNS lookup. Try again.',
  email_domain_code_expired: 'The verification code has expired. Add the domain again to get a new one.',
  email_domain_record_missing: 'DNS has no TXT record with this name yet. A new record can take an hour to appear.',
  email_domain_record_wrong:
    'The TXT record does not contain the verification code. Copy the record value again, then try once more.',
  email_domain_record_alias:
    'The name of the TXT record is an alias (CNAME). Create the TXT record in the domain itself.',
  email_domain_checked_recently: 'This e-mail domain was checked a moment ago. Try again in ten seconds.',
  dns_unavailable: 'The DNS servers of the domain do not respond. Nothing was changed. Try again in a moment.',

  // A sign-in that cannot start. The text is the same for an unknown organization and for one without an active connection.
  return_to_too_long: '`returnTo` is longer than 512 characters once it is percent-encoded. Send a shorter one.',
  return_to_refused: '`returnTo` is not an allowed redirect target. Check it, or ask the operator of this server.',
  sign_in_unavailable: 'Single sign-on is not available for what you entered. Check the spelling, or ask your admin.',

  // A sign-in that fails at the callback.
  application_request_expired:
    'This sign-in has expired, or another browser started it. Go back to the application and try again.',
  application_request_too_long:
    'The authorization request is too long. The application can push it (RFC 9126) instead.',
  no_applications: 'No application is registered on this server yet. Register one first.',
  attempt_missing: 'This sign-in was not started in this browser, or it took too long. Start again.',
  attempt_finished: 'This sign-in is already finished. Start again.',
  callback_malformed: 'The response of your identity provider was incomplete. Start again.',
  config_changed: "Your organization's sign-in settings changed while you were signing in. Start again.",
  idp_denied: 'Your identity provider denied the sign-in. Try again, or ask your admin for access.',
  idp_error: 'Your identity provider responded with an error. Try again, or tell your admin.',
  idp_unreachable: 'Your identity provider does not respond. Try again in a moment.',
  idp_busy: "Too many sign-ins are waiting for your organization's identity provider. Try again in a moment.",
  idp_paused: 'Your identity provider is not responding. Requests to it are paused. Try again in a minute.',
  idp_address_refused:
    'This server may not call the address of your identity provider. The operator of this server can allow it.',
  idp_tls_refused: "Your identity provider's certificate could not be verified. Tell your admin.",
  idp_response_invalid: 'Your identity provider sent a response that this server cannot use. Tell your admin.',
  idp_issuer_mismatch:
    "Your identity provider's issuer differs from the one that your organization configured. Tell your admin.",
  idp_issuer_is_template:
    "The configured discovery URL is for many tenants. Your admin has to enter your own tenant's discovery URL.",
  idp_client_refused: 'Your identity provider rejects the client id, secret or key of this server. Tell your admin.',
  idp_code_refused: 'Your identity provider rejected the authorization code. Start again.',
  id_token_missing: 'Your identity provider did not send an ID token. Tell your admin.',
  id_token_invalid: 'The ID token of your identity provider failed a check. Tell your admin.',
  id_token_not_current:
    'The ID token of your identity provider has expired or is not yet valid. Start again. If it keeps happening, ask your admin to check the clocks of both servers.',
  id_token_signature_invalid: "Your identity provider's signature could not be verified. Tell your admin.",
  id_token_algorithm_mismatch:
    'Your identity provider signs with another algorithm than your organization configured. Tell your admin.',
  authentication_too_weak:
    'Your organization requires a stronger sign-in at your identity provider, such as a second factor. Start again and use one.',
  authentication_too_old:
    'You signed in at your identity provider longer ago than your organization allows. Sign in there again.',
  required_claim_missing:
    'Your account at your identity provider lacks a claim that your organization requires. Use another account, or tell your admin.',
  userinfo_subject_mismatch: 'Your identity provider sent data about two different users. Tell your admin.',
  subject_invalid: 'Your identity provider sent no usable user identifier. Tell your admin.',
  email_missing: 'Your identity provider did not send your e-mail address. Ask your admin to release the email claim.',
  email_invalid: 'Your identity provider sent an e-mail address that is not valid here. Tell your admin.',
  email_domain_not_allowed:
    'Users with your e-mail domain may not sign in to this organization. Use another account, or ask your admin.',
  account_link_required: 'Another member of this organization has your e-mail address. Ask your admin to resolve this.',

  // A user who may not become a member, or not again.
  member_inactive: 'Your membership in this organization is deactivated. Ask your admin to activate it.',
  invitation_required:
    'This organization admits invited users only. Open the link of your invitation, or ask your admin for one.',
  invitation_address_mismatch:
    'This invitation is for another e-mail address than the one that you signed in with. Ask your admin to invite yours.',
  invitation_not_open: 'Your invitation was accepted or revoked, or it has expired. Ask your admin for a new one.',
  email_domain_not_verified:
    'This organization admits only e-mail addresses of its verified domains. Ask your admin to verify yours.',
  email_not_verified:
    'Your identity provider says that your e-mail address is not verified. Verify it there, then start again.',
};
