import type { CaseGroup } from './group.ts';

export const browser: CaseGroup = {
  letter: 'E',
  title: 'Authorization response, browser, sign-in attempt',
  cases: [
    {
      id: 'H101',
      attack: 'A state that is missing, unknown, used, expired or from another browser',
      expected: 'Rejected; the server sends no request to the provider',
    },
    {
      id: 'H102',
      attack: "An attacker's code and state in a victim's browser",
      expected: 'Rejected, without a session',
    },
    {
      id: 'H103',
      attack: 'The user reads or edits their own state',
      expected: 'The state contains no readable data; an edited state is rejected',
    },
    {
      id: 'H104',
      attack: 'One callback many times, in sequence or concurrently',
      expected: 'One session, one token request',
    },
    { id: 'H105', attack: "A stolen code in the attacker's own sign-in attempt", expected: 'Rejected by PKCE' },
    {
      id: 'H106',
      attack: 'The challenge is removed from the authorization request',
      expected: 'The server sends the verifier anyway; a rejection by the provider fails the sign-in',
    },
    {
      id: 'H107',
      attack: "A sign-in starts at one tenant's provider and returns from another's",
      expected: 'Rejected by the issuer; the code is never sent to the other token endpoint',
    },
    {
      id: 'H108',
      attack: 'The `iss` parameter is absent, wrong or duplicated',
      expected: 'Absence is allowed unless the metadata announced it; a wrong or duplicate value is rejected',
    },
    { id: 'H109', attack: 'Parameters that are duplicates or lists, or a code with an error', expected: 'Rejected' },
    {
      id: 'H110',
      attack: 'Errors from the provider with markup, line breaks or 10,000 characters',
      expected: 'The sign-in attempt ends; the text is truncated in the record and shown on no page',
    },
    { id: 'H111', attack: 'An error without a state', expected: 'Rejected; no sign-in attempt ends' },
    {
      id: 'H112',
      attack: 'An authorization response in a signed token or in the URL fragment',
      expected: 'Rejected: the server did not request it',
    },
    {
      id: 'H113',
      attack: 'An authorization response by POST',
      expected: 'Not found: the server requests responses only in the query',
    },
    {
      id: 'H114',
      attack: 'A session or a sign-in attempt was planted in the browser earlier',
      expected:
        "Each sign-in starts a new session and ends the browser's previous one. The planted attempt is rejected",
    },
    {
      id: 'H115',
      attack: 'Cookies set by a sibling subdomain',
      expected: 'Cookies are bound to this host over TLS; a duplicate cookie is ignored',
    },
    {
      id: 'H116',
      attack: "The sign-in attempt's cookie is evicted from the browser",
      expected: 'Rejected: a callback requires its cookie',
    },
    {
      id: 'H117',
      attack: 'Several tabs, several organizations',
      expected: 'Each sign-in attempt is independent, up to five per browser',
    },
    {
      id: 'H118',
      attack: 'A redirect target that leads to another site in disguise',
      expected: 'Rejected before the browser is redirected',
    },
    { id: 'H119', attack: 'A loopback port that is invalid or contains more than a number', expected: 'Rejected' },
    {
      id: 'H120',
      attack: 'The loopback port is changed in the callback',
      expected: 'Ignored: the port from the start of the sign-in is used',
    },
    {
      id: 'H121',
      attack: 'A link that would give a session to a program on a loopback port',
      expected: 'The user first confirms on a page that shows the port; the session is never in a URL',
    },
    {
      id: 'H122',
      attack: 'Forged `Host` headers',
      expected: 'The redirect URI and links are derived only from the settings',
    },
    {
      id: 'H123',
      attack: 'A second request smuggled in the first, or a full URL as the path',
      expected: 'The connection ends with 400; the URL leads nowhere else',
    },
    { id: 'H124', attack: 'A page in a frame', expected: 'Every page forbids framing' },
    {
      id: 'H125',
      attack: 'Code and state leak through the referrer or third-party content',
      expected: 'The callback redirects immediately; no referrer, no third-party content',
    },
    { id: 'H126', attack: 'Codes in logs', expected: 'The query of a callback is never logged' },
    {
      id: 'H127',
      attack: 'A redirect that resends a posted password',
      expected: 'Forms are answered with 303 or a page',
    },
    {
      id: 'H128',
      attack: 'A link scanner opens the links first',
      expected: 'A start writes nothing; a callback without its cookie ends nothing',
    },
    {
      id: 'H129',
      attack: 'A third party starts a sign-in with its own issuer and target',
      expected:
        "Both are ignored: organization and redirect target are accepted only from this server's own parameters",
    },
    {
      id: 'H130',
      attack: 'Addresses, domains and slugs with line breaks, SQL, look-alikes or 10,000 characters',
      expected: 'Rejected; every plausible name gets the same response; nothing is written',
    },
    {
      id: 'H131',
      attack: 'Probing which organizations exist',
      expected: 'The response and the work are the same for a missing organization and for one without a connection',
    },
    { id: 'H132', attack: 'An unrequested ID token, posted to the callback', expected: 'Rejected' },
    {
      id: 'H354',
      attack:
        'A stranger or a tenant causes responses of 500 or above with failing pages, providers, DNS or webhook receivers',
      expected: 'Responses stay below 500, with warnings in the log; 500 and above mean that the server failed',
    },
    {
      id: 'H365',
      attack: 'An error response without the announced `iss`, or with a different one',
      expected: 'Rejected; the record keeps the error and marks it as unverified',
    },
    {
      id: 'H352',
      attack: 'Started sign-ins with long targets fill the browser with cookies until every request is rejected',
      expected:
        'The cookies of sign-in attempts are limited to 6 KiB in total and targets to 512 characters; a 431 response clears the cookies',
    },
    {
      id: 'H355',
      attack:
        'A link signs the browser in to another organization or as another user, without a prompt from the provider',
      expected:
        'A page asks for confirmation first; until then the old session stays, and without confirmation the new one ends',
    },
    {
      id: 'H357',
      attack: 'A provider answers every authorization request with `authentication_expired`',
      expected: 'The server redirects the browser once more, then shows the error',
    },
    {
      id: 'H358',
      attack: 'The link to an error page has a target on another site, or an unknown organization',
      expected: '"Try again" omits every parameter that the sign-in start would reject',
    },
    { id: 'H133', attack: 'The callback with another HTTP method', expected: 'Not found; no sign-in attempt ends' },
    {
      id: 'H374',
      attack:
        'A fixed authorization parameter that would replace one of ours, in any spelling that a server might accept',
      expected: 'Not stored',
    },
  ],
};
