import type { CaseGroup } from './group.ts';

export const hygiene: CaseGroup = {
  letter: 'L',
  title: 'Data hygiene',
  cases: [
    {
      id: 'H262',
      attack: 'NUL, half surrogate pairs and control characters in claims and requests',
      expected: 'Refused, or left out of names; never a failure of the database',
    },
    {
      id: 'H263',
      attack: 'Values longer than a column or an index holds',
      expected: 'Refused before anything is stored',
    },
    {
      id: 'H264',
      attack: 'JSON of a thousand levels; records that grow with what strangers send',
      expected: 'Refused; a record is cut to a bound',
    },
    {
      id: 'H265',
      attack: 'Line breaks, escapes and look-alike entries in what is logged',
      expected: 'One bounded line each, without control characters',
    },
    { id: 'H266', attack: 'Formats and templates in names', expected: 'Names like any other' },
    { id: 'H267', attack: 'Secrets in logs, records and the audit trail, whatever goes wrong', expected: 'None' },
    {
      id: 'H268',
      attack: 'Errors of libraries that carry what was sent or received',
      expected: 'Nothing secret of it is logged',
    },
    {
      id: 'H269',
      attack: 'Stack traces, SQL and paths in answers',
      expected: 'Five documented fields and fixed texts',
    },
    {
      id: 'H270',
      attack: 'Answers that tell whether an account exists',
      expected: 'One answer for a wrong password and a wrong address',
    },
    {
      id: 'H271',
      attack: 'Line breaks in names that get into mail',
      expected: 'No header, recipient or line is gained',
    },
    { id: 'H272', attack: 'Line breaks in what becomes a cookie or a redirect', expected: 'Refused, or encoded' },
    {
      id: 'H273',
      attack: 'A name that is a formula, or ends the line of an export',
      expected: 'Stays one text of one line of JSON; there is no CSV',
    },
    {
      id: 'H274',
      attack: 'Markup in names, groups, claims and errors',
      expected: 'Escaped; the policy of every page allows nothing inline',
    },
    {
      id: 'H275',
      attack: '__proto__ and constructor in requests and documents',
      expected: 'Refused in requests, plain data in documents',
    },
    {
      id: 'H276',
      attack: 'The database is read: a dump, a replica, a backup',
      expected: 'No client secret in the clear',
    },
    {
      id: 'H277',
      attack: 'Sealed texts are swapped, altered or compared',
      expected: 'They do not open; the same text is sealed differently each time',
    },
    {
      id: 'H278',
      attack: 'Entries of the audit trail are changed, or its end cut off',
      expected: 'The verification finds it',
    },
    {
      id: 'H279',
      attack: 'Personal data after its owner was deleted',
      expected: 'Erased',
      outside: {
        when: 'later',
        why: 'No endpoint deletes a user or an organization; a member who is removed stays on record.',
      },
    },
    {
      id: 'H280',
      attack: 'Times that are local or out of order',
      expected: 'UTC, and a number that counts the entries of a trail',
    },
    {
      id: 'H281',
      attack: 'A runtime or a library with a known hole',
      expected:
        'The gate before a release fails, or says that nobody tells it of holes; there is a list of what is in a release',
    },
    {
      id: 'H282',
      attack: 'An exception or a rejection that nobody catches',
      expected: 'Logged without its text; the process answers what is in flight and ends with 1',
    },
    {
      id: 'H390',
      attack: 'Transactions of one organization wait for a lock and take every connection to the database',
      expected: 'The wait is broken off and tried again, so that sign-ins of others and readiness go on',
    },
    {
      id: 'H380',
      attack: 'A groups claim of 990 names that changes at each sign-in, written into the audit trail',
      expected: 'An entry has a byte limit: names beyond it are counted, each name is written once',
    },
    {
      id: 'H381',
      attack: 'Lists of the largest rows that can be stored, with the largest page size',
      expected: 'A page ends at a mebibyte and says where the next one begins; nothing is left out or repeated',
    },
    {
      id: 'H382',
      attack: 'A restriction that is misspelled in a request: another letter case, one or two letters apart',
      expected: 'Refused with both names, in bodies, queries and lists of objects; nothing is stored',
    },
    {
      id: 'H383',
      attack: 'Thousands of unknown fields, and faults whose paths and texts are long',
      expected: 'Names are bounded in the entry of the change, and faults in the answer',
    },
    {
      id: 'H384',
      attack: 'A transfer coding other than `chunked`, of which a proxy in front may think otherwise',
      expected: '400, and the connection ends',
    },
  ],
};
