/**
 * The limits of the API, by name. Lengths that a request schema checks are in Unicode code points, because JSON Schema
 * counts those (Validation, section 6.3.1). Lengths of what an identity provider sends are in UTF-16 code units, which
 * are never fewer. A name with `bytes` in it counts bytes.
 */

export const urlLengthMax = 2048;
export const clientCredentialLengthMax = 4096;
export const emailLengthMax = 254;
export const nameLengthMax = 255;
export const slugLengthMax = 64;
export const allowedEmailDomainsLengthMax = 8192;
export const allowedEmailDomainsCountMax = 200;
export const subjectLengthMax = 255;
export const bodyBytesMax = 1_048_576;
/**
 * Members and items of a body, on all levels together. The longest list that an endpoint accepts has a thousand items.
 */
export const bodyValuesMax = 10_000;

/** A sign-in attempt that takes longer is refused. */
export const attemptLifetimeSeconds = 600;
/** The cookie outlives its attempt, so that a late callback still leads back to the organization and the target. */
export const attemptCookieSeconds = 86_400;
/** How long a finished sign-in waits for the user to confirm that it replaces the session of another account. */
export const pendingSessionSeconds = 600;
/** The sign-ins that one browser can have in progress, and the bytes of their cookies. The oldest are removed first. */
export const attemptsPerBrowserMax = 5;
export const attemptCookiesBytesMax = 6144;
/** The length of `returnTo` after percent-encoding. It is part of the attempt's cookie. */
export const returnToLengthMax = 512;

/** The stored record of one attempt. */
export const attemptRecordBytesMax = 8192;
/** One text among the parameters of a fact. */
export const attemptFactLengthMax = 240;
/** Groups that a record names. Any others are only counted. */
export const attemptGroupsNamedMax = 20;

/** Groups of one claim that are read. A claim with more counts as overage. */
export const groupsClaimCountMax = 1000;

/**
 * For the one local password, the instance admin's. NIST SP 800-63B-4, section 3.1.1.2, requires 15 characters where a
 * password is the only factor, and allows 8 with a second one.
 */
export const passwordLengthMin = 8;
export const passwordLengthMax = 256;

/** Members on one page of the list, and members that one request can remove. */
export const membershipsListedMax = 1000;
export const membershipsPerRequestMax = 1000;
/** Invitations: how many can be open, how many days one is valid, and how many groups it can name. */
export const invitationsOpenPerOrganizationMax = 1000;
export const invitationDaysDefault = 7;
export const invitationDaysMax = 30;
export const invitationGroupsMax = 100;
/** How many days a permission to relink is valid, and how many members one request can name. */
export const relinkDaysDefault = 7;
export const relinkDaysMax = 30;
export const relinkMembersPerRequestMax = 100;
/** The greatest offset of a page. */
export const offsetMax = 1_000_000;

/** The shortest and the longest session lifetime that an organization can set: five minutes and a year. */
export const sessionLifetimeSecondsMin = 300;
export const sessionLifetimeSecondsMax = 31_536_000;
export const userTokenExpirationLengthMax = 6;

/** A session that was started with a break-glass code ends after an hour, even if it is refreshed. */
export const breakGlassSessionSeconds = 3600;
/** Codes that an admin gets at once. Earlier codes become invalid. */
export const breakGlassCodesCount = 8;
/** The length of a break-glass code as a user types it, with spaces and hyphens. */
export const breakGlassCodeLengthMax = 64;

/**
 * Password attempts at one account within a window: from one network (an IPv4 address or an IPv6 /64), from its /56,
 * from its /48, and from all networks together. The window starts with the first attempt and is never extended.
 */
export const attemptWindowSeconds = 900;
export const attemptsFromNetworkMax = 10;
export const attemptsFromWiderNetworksMax = [20, 40] as const;
export const attemptsFromEverywhereMax = 100;
/** Beyond a limit that only slows down, the server checks one password attempt at an account per this many seconds. */
export const attemptPaceSeconds = 5;
/** The longest time that a slowed password attempt waits. */
export const attemptWaitSecondsMax = 10;
/** How many days a network counts as known after the account signed in from it with its password. */
export const knownNetworkDays = 90;

/**
 * The rows of one list response, and the lines of one export. A page with more ends early and says where to continue.
 */
export const listBytesMax = 1_048_576;
/** Rows of a page. */
export const pageLimitDefault = 20;
export const pageLimitMax = 100;
/** Admins that the preview of enforcement lists. */
export const adminsListedMax = 100;

/** The most items that these lists can have. Their first page is complete unless the caller asks for fewer. */
export const organizationsPerUserMax = 1000;
/** A user's own sessions on one page. */
export const sessionsListedMax = 100;
export const groupsPerOrganizationMax = 10_000;
export const identitiesPerOrganizationMax = 1000;
/** Secrets that are not revoked. A list shows them, and as many revoked ones as fit. */
export const clientSecretsPerIdentityMax = 100;
export const clientSecretsListedMax = 200;

/** The length of a domain as a user types it. The normalized domain is never longer. */
export const domainTextLengthMax = 253;
export const emailDomainsPerOrganizationMax = 100;
/** Domains on one page: those of the organization and those that the operator has verified. */
export const emailDomainsListedMax = 1000;
/** How long a verification code is valid, and how long after a lapsed verification the same code verifies again. */
export const domainCodeLifetimeSeconds = 7 * 86_400;
/** How long a domain stays verified after its TXT record disappeared. */
export const domainGraceSeconds = 72 * 3_600;
/** A domain whose DNS does not respond for this long counts as one whose TXT record disappeared. */
export const domainSilenceSecondsMax = 14 * 86_400;
/**
 * The audit trail: the most entries on one page, the most lines in one export, and the greatest offset. To go further
 * back, filter by time or export.
 */
export const auditPageSizeMax = 1000;
export const auditExportLinesMax = 1000;
export const auditOffsetMax = 1_000_000;
export const auditEventTypeLengthMax = 64;
/** Entries that are counted for a filtered list. Counting millions of entries would slow down other requests. */
export const auditEntriesCountedMax = 10_000;
/** Entries that are read at a time, until a page has all its rows or bytes. */
export const auditEntriesPerReadMax = 100;
/** The size of an entry's event metadata and actor metadata. Lists and strings are cut until they fit. */
export const auditEventFactsBytesMax = 6144;
export const auditActorFactsBytesMax = 2048;
export const auditFactTextLengthMax = 1024;
export const userAgentLengthMax = 512;
/** Group names of a claim that an entry lists, as many as the record of the sign-in. Any others are only counted. */
export const auditNamesListedMax = 20;

/** Connection options: the number of items in their lists, and the lengths of names and values. */
export const optionListCountMax = 32;
export const emailClaimsCountMax = 8;
export const claimNameLengthMax = 255;
/** All required claims of a connection together, as JSON. Every sign-in reads them. */
export const requiredClaimsLengthMax = 16_384;
/** All scopes of a request together, because they are part of a URL. */
export const scopesLengthMax = 4096;
/** Names in the path to a nested claim. */
export const claimPathNamesMax = 8;
/** Fixed parameters of the authorization request. Together they must fit into a URL that every browser supports. */
export const authorizationParametersCountMax = 16;
export const authorizationParameterNameLengthMax = 64;
export const authorizationParameterValueLengthMax = 512;
export const authorizationParametersLengthMax = 2048;
export const optionValueLengthMax = 1024;
export const groupsDelimiterLengthMax = 8;
/** The largest `maxAgeSeconds` of a connection: a year. */
export const maxAgeSecondsMax = 31_536_000;
/** How long a new client key is published before it is used: an hour by default, at most a week. */
export const clientKeyLeadSecondsDefault = 3600;
export const clientKeyLeadSecondsMax = 604_800;
/** The server warns about a client certificate that expires within this many days. */
export const clientCertificateDaysWarned = 60;
/** Keys of one client that are published at the same time. */
export const clientKeysMax = 5;
/** The clock difference that is tolerated unless a connection sets another (RFC 7519, section 4.1.4). */
export const clockToleranceSecondsDefault = 60;
/** The largest tolerance that a connection can set. With more, expired tokens would be accepted for many minutes. */
export const clockToleranceSecondsMax = 300;
/** Event types that one webhook can be limited to. */
export const auditWebhookEventTypesMax = 100;
/** How long the previous secret also signs after a rotation. */
export const auditWebhookOldSecretSeconds = 86_400;

/** Connection tests per organization and minute. Each test makes the server call a host that an admin chose. */
export const connectionTestsPerMinuteMax = 10;

/** Applications of one organization, and applications of the operator. */
export const applicationsPerOwnerMax = 200;
/** Redirect URIs of an application, and as many post-logout redirect URIs. */
export const redirectUrisMax = 50;
/** Organizations that an application can list, groups that it can name, APIs that it can offer, and its public keys. */
export const applicationOrganizationsMax = 1000;
export const applicationGroupsMax = 100;
export const applicationResourcesMax = 20;
export const applicationKeysMax = 10;
/** Client secrets that are valid at the same time: the current one and its successor. */
export const applicationSecretsMax = 2;
