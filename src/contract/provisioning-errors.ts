/** Why somebody is not admitted, or not to everything: a part of the table in `errors.ts`. Members read the texts. */
export const provisioningErrors = {
  member_inactive: {
    status: 403,
    error: 'PermissionDenied',
    message: 'Your membership in this organization is switched off.',
  },
  invitation_required: {
    status: 403,
    error: 'PermissionDenied',
    message:
      'This organization admits only people who were invited. Open the link of your invitation, or ask your admin for one.',
  },
  invitation_address_mismatch: {
    status: 403,
    error: 'PermissionDenied',
    message:
      'This invitation is for another e-mail address than the one that you signed in with. Ask your admin to invite yours.',
  },
  invitation_not_open: {
    status: 403,
    error: 'PermissionDenied',
    message: 'Your invitation does not stand any more. Ask your admin for a new one.',
  },
  email_domain_not_verified: {
    status: 403,
    error: 'PermissionDenied',
    message: 'This organization admits only addresses of domains that it has verified. Your admin has to verify yours.',
  },
  email_not_verified: {
    status: 403,
    error: 'PermissionDenied',
    message: 'Your identity provider says that your e-mail address is not verified. Verify it there, then start again.',
  },
  identity_not_linked: {
    status: 409,
    error: 'Conflict',
    message:
      'No identity of an identity provider is linked to this member, so there is none to replace: their next sign-in links one.',
  },
  issuer_not_linked: {
    status: 409,
    error: 'Conflict',
    message: 'No identity of that issuer is linked to anybody here. It has to be spelled exactly as it was linked.',
  },
  relink_needs_domain: {
    status: 409,
    error: 'Conflict',
    message:
      'Only members may relink whose address is of a domain that this organization has verified. Verify the domain, or remove the member and invite them.',
  },
  invitation_not_found: { status: 404, error: 'NotFound', message: 'There is no such invitation.' },
  invitation_exists: {
    status: 409,
    error: 'Conflict',
    message: 'An invitation of this address is open. Renew or withdraw it.',
  },
  invitation_closed: {
    status: 409,
    error: 'Conflict',
    message: 'The invitation was accepted or withdrawn. Make a new one.',
  },
  invitation_of_member: {
    status: 409,
    error: 'Conflict',
    message: 'A member of this organization has this address. Change them instead.',
  },
  setup_token_required: {
    status: 403,
    error: 'PermissionDenied',
    message:
      'Only callers on the local network may set up this server. From elsewhere, set SALLYPORT_SETUP_TOKEN and send it as a bearer token. Behind a proxy, list the proxy in SALLYPORT_TRUSTED_PROXIES.',
  },
  break_glass_session: {
    status: 403,
    error: 'PermissionDenied',
    message:
      'A session from a break-glass code can only read, repair the single sign-on connection and end sessions. Sign in through your identity provider for anything else.',
  },
} as const;
