import type { CaseGroup } from './group.ts';

export const hygiene: CaseGroup = {
  letter: 'L',
  title: 'Data hygiene',
  cases: [
    {
      id: 'H262',
      attack: 'NUL, lone surrogates and control characters in claims and requests',
      expected: 'Rejected, or removed from names; never a database error',
    },
    {
      id: 'H263',
      attack: 'Values longer than a column or an index allows',
      expected: 'Rejected before anything is stored',
    },
    {
      id: 'H264',
      attack: 'JSON with a thousand levels; records that grow with untrusted input',
      expected: 'Rejected; a record is truncated at a limit',
    },
    {
      id: 'H265',
      attack: 'Line breaks, escape sequences and forged entries in logged values',
      expected: 'Each log entry is one line of limited length without control characters',
    },
    { id: 'H266', attack: 'Format strings and templates in names', expected: 'Treated as plain text' },
    { id: 'H267', attack: 'Secrets in logs, records and the audit trail after any failure', expected: 'None' },
    {
      id: 'H268',
      attack: 'Library errors that contain request or response data',
      expected: 'No secret in them is logged',
    },
    {
      id: 'H269',
      attack: 'Stack traces, SQL and file paths in responses',
      expected: 'Five documented fields and fixed texts',
    },
    {
      id: 'H270',
      attack: 'Responses that reveal whether an account exists',
      expected: 'The same response for a wrong password and an unknown address',
    },
    {
      id: 'H271',
      attack: 'Line breaks in names that are used in mail',
      expected: 'No additional header, recipient or line',
    },
    { id: 'H272', attack: 'Line breaks in the values of cookies or redirects', expected: 'Rejected, or encoded' },
    {
      id: 'H273',
      attack: 'A name that is a spreadsheet formula, or breaks a line of an export',
      expected: 'Stays one string in one line of JSON; there is no CSV',
    },
    {
      id: 'H274',
      attack: 'Markup in names, groups, claims and errors',
      expected: "Escaped; every page's content security policy forbids inline code",
    },
    {
      id: 'H275',
      attack: '`__proto__` and `constructor` in requests and discovery documents',
      expected: 'Rejected in requests, plain data in documents',
    },
    {
      id: 'H276',
      attack: 'An attacker reads the database: a dump, a replica, a backup',
      expected: 'No client secret is in plain text',
    },
    {
      id: 'H277',
      attack: 'Encrypted values are swapped, altered or compared',
      expected: 'They cannot be decrypted; equal plaintexts have different ciphertexts',
    },
    {
      id: 'H278',
      attack: 'Entries of the audit trail are changed, or the newest ones removed',
      expected: 'The verification detects it',
    },
    {
      id: 'H279',
      attack: 'Personal data after its owner was deleted',
      expected: 'Erased',
      outside: {
        when: 'later',
        why: 'No endpoint deletes a user or an organization; a removed member stays on record.',
      },
    },
    {
      id: 'H280',
      attack: 'Times that are local or out of order',
      expected: 'UTC, and a sequence number per audit trail',
    },
    {
      id: 'H281',
      attack: 'A runtime or library with a known vulnerability',
      expected: 'The release check fails, or reports that it has no advisories; each release lists its contents',
    },
    {
      id: 'H282',
      attack: 'An uncaught exception or rejection',
      expected: 'Logged without its text; the process completes requests in flight and exits with 1',
    },
    {
      id: 'H390',
      attack: 'Transactions of one organization wait for a lock and occupy every database connection',
      expected: "The wait is aborted and retried, so that readiness and other organizations' sign-ins continue",
    },
    {
      id: 'H380',
      attack: 'A groups claim of 990 names that changes at each sign-in and is written to the audit trail',
      expected: 'An entry has a byte limit: names beyond it are counted, and each name is written once',
    },
    {
      id: 'H381',
      attack: 'Lists of the largest possible rows with the largest page size',
      expected: 'A page ends at one mebibyte and contains the start of the next one; no row is omitted or repeated',
    },
    {
      id: 'H382',
      attack: 'A misspelled restriction in a request: another letter case, or one or two letters apart',
      expected: 'Rejected with both names, in bodies, queries and lists of objects; nothing is stored',
    },
    {
      id: 'H383',
      attack: 'Thousands of unknown fields, and validation errors with long paths and texts',
      expected: 'The number of names in the audit entry and of errors in the response is limited',
    },
    {
      id: 'H384',
      attack: 'A transfer coding other than `chunked`, which a proxy could interpret differently',
      expected: '400, and the connection is closed',
    },
  ],
};
