/**
 * Every limit of the wire, by name, unless the name says bytes. Of what a request's schema checks, lengths are in
 * Unicode code points, as JSON Schema counts (Validation, section 6.3.1), so that the published document tells the truth;
 * of what an identity provider sends, in UTF-16 code units, which are never fewer.
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
/** Members and items of a body, on all its levels; the longest list that an endpoint takes has a thousand. */
export const bodyValuesMax = 10_000;

/** A sign-in attempt that was not finished after this long is refused. */
export const attemptLifetimeSeconds = 600;
/** The cookie of an attempt outlives it, so that a late callback still leads back to the organization and target. */
export const attemptCookieSeconds = 86_400;
/** So long a sign-in waits for the answer whether it may replace the session of another account. */
export const pendingSessionSeconds = 600;
/** So many sign-ins may be under way in one browser, and their cookies may have so many bytes; the oldest make room. */
export const attemptsPerBrowserMax = 5;
export const attemptCookiesBytesMax = 6144;
/** Characters of a `returnTo` once it is percent-encoded. It travels in the cookie of the attempt. */
export const returnToLengthMax = 512;

/** The record of one attempt, as it is stored. */
export const attemptRecordBytesMax = 8192;
/** One fact of it: what a check expected, or what it found. */
export const attemptFactLengthMax = 240;
/** Groups that a record names; the others are counted. */
export const attemptGroupsNamedMax = 20;

/** Groups of one claim that are looked at; a claim with more counts as overage. */
export const groupsClaimCountMax = 1000;

/** Of the one local password, that of the administrator who set the server up (NIST SP 800-63B, section 3.1.1). */
export const passwordLengthMin = 8;
export const passwordLengthMax = 256;

/** Members on one page of the list, and members that one request removes. */
export const membershipsListedMax = 1000;
export const membershipsPerRequestMax = 1000;
/** Invitations: how many may be open, how long one stands, how many groups it names. */
export const invitationsOpenPerOrganizationMax = 1000;
export const invitationDaysDefault = 7;
export const invitationDaysMax = 30;
export const invitationGroupsMax = 100;
/** How long the permission to relink stands, and for how many members one request gives it by name. */
export const relinkDaysDefault = 7;
export const relinkDaysMax = 30;
export const relinkMembersPerRequestMax = 100;
/** How far into a list a page may begin. */
export const offsetMax = 1_000_000;

/** The shortest and the longest time that an organization may let its sessions last: five minutes, and a year. */
export const sessionLifetimeSecondsMin = 300;
export const sessionLifetimeSecondsMax = 31_536_000;
export const userTokenExpirationLengthMax = 6;

/** A session that was opened with a break-glass code ends after an hour, however often it is refreshed. */
export const breakGlassSessionSeconds = 3600;
/** Codes that an admin is given at once; the ones from before are void. */
export const breakGlassCodesCount = 8;
/** A code as somebody may type it, with gaps and hyphens. */
export const breakGlassCodeLengthMax = 64;

/**
 * Attempts at one account within a window: from one network (an IPv4 address or an IPv6 /64), from its /56, from its /48,
 * and from everywhere. The window begins with the first attempt and is never prolonged.
 */
export const attemptWindowSeconds = 900;
export const attemptsFromNetworkMax = 10;
export const attemptsFromWiderNetworksMax = [20, 40] as const;
export const attemptsFromEverywhereMax = 100;
/** Beyond a limit that only slows down, one attempt at an account is looked at in this time. */
export const attemptPaceSeconds = 5;
/** A slowed attempt waits for its turn for at most this long. */
export const attemptWaitSecondsMax = 10;
/** A network counts as known for this long after an account signed in from it with its password. */
export const knownNetworkDays = 90;

/** The rows of one answer that lists, and the lines of one export. A page with more ends early and says where to continue. */
export const listBytesMax = 1_048_576;
/** Rows of a page. */
export const pageLimitDefault = 20;
export const pageLimitMax = 100;
/** Admins that the preview of an enforcement tells of. */
export const adminsListedMax = 100;

/** Lists whose first page is complete unless the caller asks for less, because they cannot grow beyond this. */
export const organizationsPerUserMax = 1000;
/** A user's own sessions on one page. */
export const sessionsListedMax = 100;
export const groupsPerOrganizationMax = 10_000;
export const identitiesPerOrganizationMax = 1000;
/** Secrets that are not revoked; a list shows these and as many revoked ones as it has room for. */
export const clientSecretsPerIdentityMax = 100;
export const clientSecretsListedMax = 200;

/** A domain as somebody types it; its one spelling is never longer. */
export const domainTextLengthMax = 253;
export const emailDomainsPerOrganizationMax = 100;
/** Domains on one page: an organization's own and those that the operator vouches for. */
export const emailDomainsListedMax = 1000;
/** How long the code of a claim may stand unproved, and how long after a proof lapsed its code proves again. */
export const domainCodeLifetimeSeconds = 7 * 86_400;
/** So long a domain still counts after its record was found to be gone. */
export const domainGraceSeconds = 72 * 3_600;
/** A domain whose DNS gives no answer at all for so long counts as one whose record is gone. */
export const domainSilenceSecondsMax = 14 * 86_400;
/** Of the audit trail: what one page, one export and an offset may be at most. Further back, ask by time or export. */
export const auditPageSizeMax = 1000;
export const auditExportLinesMax = 1000;
export const auditOffsetMax = 1_000_000;
export const auditEventTypeLengthMax = 64;
/** Entries that are counted where a filter leaves some out. Counting a trail of millions would keep others waiting. */
export const auditEntriesCountedMax = 10_000;
/** Entries that are read at a time, until a page has its rows or its bytes. */
export const auditEntriesPerReadMax = 100;
/** What one entry may tell of its event and of its actor. Lists and texts of the entry are cut until they fit. */
export const auditEventFactsBytesMax = 6144;
export const auditActorFactsBytesMax = 2048;
export const auditFactTextLengthMax = 1024;
export const userAgentLengthMax = 512;
/** Names of a groups claim that an entry lists, as many as the record of the sign-in. The others are counted. */
export const auditNamesListedMax = 20;

/** Of a connection's options: how many entries their lists take, and how long names and values in them may be. */
export const optionListCountMax = 32;
export const emailClaimsCountMax = 8;
export const claimNameLengthMax = 255;
/** All required claims of a connection together, as JSON: they are read at every sign-in. */
export const requiredClaimsLengthMax = 16_384;
/** All scopes of a request together: they are part of a URL. */
export const scopesLengthMax = 4096;
/** Names in the path to a nested claim. */
export const claimPathNamesMax = 8;
/** Fixed parameters of the authorization request; together they must fit into a URL that every browser takes. */
export const authorizationParametersCountMax = 16;
export const authorizationParameterNameLengthMax = 64;
export const authorizationParameterValueLengthMax = 512;
export const authorizationParametersLengthMax = 2048;
export const optionValueLengthMax = 1024;
export const groupsDelimiterLengthMax = 8;
/** A connection may ask that somebody signed in at the provider within a year at most. */
export const maxAgeSecondsMax = 31_536_000;
/** How long a new key of a client is published before it is used: an hour unless told otherwise, a week at most. */
export const clientKeyLeadSecondsDefault = 3600;
export const clientKeyLeadSecondsMax = 604_800;
/** The certificate of a client's key is reported when it expires within this many days. */
export const clientCertificateDaysWarned = 60;
/** Keys of one client that are published at a time. */
export const clientKeysMax = 5;
/** Clocks may differ by this much, unless a connection says otherwise (RFC 7519, section 4.1.4). */
export const clockToleranceSecondsDefault = 60;
/** No connection may ask for more: a tolerance of minutes would let expired tokens in. */
export const clockToleranceSecondsMax = 300;
/** Kinds of events that one webhook may be limited to. */
export const auditWebhookEventTypesMax = 100;
/** After a rotation the secret from before signs besides for so long. */
export const auditWebhookOldSecretSeconds = 86_400;

/** Connection tests that one organization may have made within a minute. Each has the server call somebody else's. */
export const connectionTestsPerMinuteMax = 10;
