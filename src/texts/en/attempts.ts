/** The texts of a sign-in attempt's record, without the facts of its steps. Admins read them. */
export const attempts = {
  /** What happened in an attempt that was not refused. */
  attemptOutcomes: {
    started: 'The authorization response of the identity provider arrived, but its checks did not finish.',
    known: 'The member signed in.',
    linked: 'The member signed in for the first time and was linked to the account with their e-mail address.',
    relinked: 'The member signed in with another identity, as an admin had allowed, and keeps their account.',
    rejoined: 'The user was invited again and is a member again.',
    provisioned: 'The user signed in for the first time and got an account.',
  },
  /** What an admin can do about an attempt that was not refused. */
  attemptAdvice: {
    started: 'If it was more than a minute ago, the server was stopped in between. The member starts again.',
    groups_claim_absent:
      'If the user still is in these groups at the identity provider, it has stopped sending the groups claim: check its claim mapping and the scopes. If other sign-ins lack the claim too, set absentGroupsClaim to unknown until it is back. The memberships return with the next sign-in whose claim names them.',
    pkce_not_listed:
      'The discovery document does not list PKCE with S256 (code_challenge_methods_supported). This server always sends it, so let the application allow code_challenge.',
    pkce_unknown: 'This server always sends PKCE with S256, so let the application allow code_challenge.',
    provider_says: ({ error }: { error: string }) => `The identity provider says: "${error}".`,
    console_place: ({ provider, place }: { provider: string; place: string }) => `In ${provider}: ${place}.`,
  },
  /** How the organization of a sign-in was found. */
  routeReasons: {
    domain: 'The sign-in named an e-mail domain that this organization has verified.',
    email: 'The sign-in named an e-mail address of a domain that this organization has verified.',
    organization: 'The sign-in named this organization.',
    invitation: 'The user opened the link of an invitation to this organization.',
  },
  /** Why a sign-in led to an account, or why it did not. */
  accountReasons: {
    known: 'This issuer and subject have signed in to this organization before.',
    linked: 'A member without an identity had the e-mail address, and this organization has verified its domain.',
    relinked:
      'A member had the e-mail address, an admin had allowed them to relink, and this organization has verified the domain.',
    provisioned: 'Neither the identity nor the e-mail address was known in this organization.',
    rejoined: 'The identity was known, the membership was removed, and an admin has invited the address since then.',
    membership_removed: 'The identity is known, but the membership was removed.',
    membership_inactive: 'The membership is deactivated.',
    domain_not_verified: 'A member has the e-mail address, and this organization has not verified its domain.',
    address_not_verified: 'A member has the e-mail address, and the identity provider says that it is not verified.',
    other_identity: 'A member has the e-mail address and signs in with another identity.',
  },
  /** What a sign-in did with groups, and why. */
  groupsReasons: {
    not_managed: 'Sign-ins of this organization do not set groups.',
    absent_as_empty: ({ hasRemoved }: { hasRemoved: boolean }) =>
      `There was no groups claim. This connection treats that as no groups (absentGroupsClaim is empty), ${hasRemoved ? 'so the memberships that the identity provider had set have ended' : 'but no membership that the identity provider had set was left to end'}.`,
    last_admin_kept: ({ group }: { group: string }) => `The last admin stays in ${group}.`,
    last_admin_unnamed: ({ group }: { group: string }) =>
      `The last admin stays in ${group}, although the claim does not name it.`,
    all_matched: 'Every group of the claim is a group of this organization.',
    some_unmatched:
      'Groups of the claim that this organization does not have are ignored. A sign-in creates no groups.',
    empty: 'The claim says that there are no groups.',
    overage: 'There were too many groups for the claim, so nothing was changed.',
    malformed: 'The claim could not be read, so nothing was changed.',
    unavailable: 'The groups claim would be in the userinfo response, which was not available, so nothing was changed.',
    absent: 'There was no groups claim, so nothing was changed.',
    more_groups: ({ count }: { count: number }) => `and ${count} more`,
  },
} as const;
