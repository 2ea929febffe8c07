import type { CaseGroup } from './group.ts';

export const browser: CaseGroup = {
  letter: 'E',
  title: 'Authorization response, browser, transaction',
  cases: [
    {
      id: 'H101',
      attack: 'A state that is missing, unknown, used, expired or of another browser',
      expected: 'Refused; the provider is not asked',
    },
    { id: 'H102', attack: "Somebody else's code and state in a victim's browser", expected: 'Refused, no session' },
    {
      id: 'H103',
      attack: 'A state that its owner reads or edits',
      expected: 'Nothing to read in it; edited, it is refused',
    },
    {
      id: 'H104',
      attack: 'One callback many times, one after another or at once',
      expected: 'One session, one token request',
    },
    { id: 'H105', attack: "A stolen code in an attempt of one's own", expected: 'Refused by the proof key' },
    {
      id: 'H106',
      attack: 'The challenge is stripped from the authorization request',
      expected: 'The verifier is sent all the same; what the provider then refuses is refused',
    },
    {
      id: 'H107',
      attack: "Begun at one tenant's provider, answered by another's",
      expected: 'Refused by the issuer; the code never goes to the other token endpoint',
    },
    {
      id: 'H108',
      attack: 'The issuer of the answer absent, wrong or twice',
      expected: 'Absent is fine unless it was announced; wrong or twice is refused',
    },
    { id: 'H109', attack: 'Parameters twice, as lists, or a code with an error', expected: 'Refused' },
    {
      id: 'H110',
      attack: 'Errors of the provider, with markup, line breaks or 10,000 characters',
      expected: 'The attempt is over; the text is cut for the record and shown on no page',
    },
    { id: 'H111', attack: 'An error without a state', expected: 'Turned away; no attempt is over' },
    { id: 'H112', attack: 'An answer in a signed token or behind a #', expected: 'Refused: nobody asked for it' },
    {
      id: 'H113',
      attack: 'An answer that is posted',
      expected: 'Finds nothing: the server asks for answers in the query alone',
    },
    {
      id: 'H114',
      attack: 'A session or an attempt that was planted in the browser before',
      expected:
        "Each sign-in starts a new session and ends the one that the browser had; neither becomes the other's. The attempt is refused",
    },
    {
      id: 'H115',
      attack: 'Cookies from a neighbouring host',
      expected: 'Bound to this host over TLS; a name that comes twice counts for nothing',
    },
    {
      id: 'H116',
      attack: "The attempt's cookie pushed out of the jar",
      expected: 'Refused; there is no way without it',
    },
    {
      id: 'H117',
      attack: 'Several tabs, several organizations',
      expected: 'Each attempt goes its own way, five at most',
    },
    {
      id: 'H118',
      attack: 'A way back that leads to another site in disguise',
      expected: 'Refused before the browser leaves',
    },
    { id: 'H119', attack: "A program's port that is none, or more than a port", expected: 'Refused' },
    {
      id: 'H120',
      attack: "The program's port changed in the callback",
      expected: 'Ignored: what counts is what the sign-in was started with',
    },
    {
      id: 'H121',
      attack: 'A link that would hand a session to a program at a port',
      expected: 'Nothing before somebody chose on a page that names the port; never in a URL',
    },
    {
      id: 'H122',
      attack: 'Another host in the headers',
      expected: 'Redirect URI and links come from the settings alone',
    },
    {
      id: 'H123',
      attack: 'A second request that hides in the first, or a whole URL for a path',
      expected: 'The connection ends with 400; the URL leads nowhere else',
    },
    { id: 'H124', attack: 'A page in a frame', expected: 'Forbidden to browsers by each page' },
    {
      id: 'H125',
      attack: 'Code and state leak by the referrer or by things of others on the page',
      expected: 'The callback redirects at once; no referrer, nothing from elsewhere',
    },
    { id: 'H126', attack: 'Codes in logs', expected: 'The query of a callback is never logged' },
    {
      id: 'H127',
      attack: 'A redirect that sends a posted password on',
      expected: 'Forms are answered by 303 or a page',
    },
    {
      id: 'H128',
      attack: 'A scanner opens the links first',
      expected: 'A start writes nothing; a callback without its cookie ends nothing',
    },
    {
      id: 'H129',
      attack: 'A third party begins a sign-in with an issuer and a target of its own',
      expected: 'Both mean nothing: the organization and the way back are named to this server alone',
    },
    {
      id: 'H130',
      attack: 'Addresses, domains and slugs with line breaks, SQL, look-alikes or 10,000 characters',
      expected: 'Refused, those that could be names with one answer; nothing is written',
    },
    {
      id: 'H131',
      attack: 'Asking which organizations there are',
      expected: 'One answer after the same work, whether there is none or it has no sign-in',
    },
    { id: 'H132', attack: 'An ID token that nobody asked for, posted to the callback', expected: 'Refused' },
    {
      id: 'H354',
      attack:
        'A stranger or a tenant makes the server answer 500 or above: pages of failures, dead providers, DNS, receivers',
      expected: 'Answers below 500 and warnings in the log; 500 and above means that the server failed',
    },
    {
      id: 'H365',
      attack: 'An error response without the promised `iss`, or with another',
      expected: 'Refused; the record keeps the error and marks it as unverified',
    },
    {
      id: 'H352',
      attack: 'Begun sign-ins with long targets fill the browser with cookies until every request is refused',
      expected:
        'Cookies of attempts have a sum of 6 KiB, targets 512 characters; headers too large take the cookies back',
    },
    {
      id: 'H355',
      attack:
        'A link signs the browser in to another organization or as another user, without a question of the provider',
      expected: 'A page asks first; until then the session stays, and without an answer the new one ends',
    },
    {
      id: 'H357',
      attack: 'A provider answers every authorization request with `authentication_expired`',
      expected: 'The browser is sent to it once more, then shown the failure',
    },
    {
      id: 'H358',
      attack: 'The link to the page of a failure names a target of another site, or an organization that is none',
      expected: 'What the start of a sign-in would not take is left out of "Try again"',
    },
    { id: 'H133', attack: 'The callback by another method', expected: 'No such address; no attempt is over' },
    {
      id: 'H374',
      attack:
        'A fixed authorization parameter that replaces one of ours, in any spelling that a server might take for it',
      expected: 'Not stored',
    },
  ],
};
