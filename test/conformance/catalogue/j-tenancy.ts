import type { CaseGroup } from './group.ts';

export const tenancy: CaseGroup = {
  letter: 'J',
  title: 'Tenancy, API, authorization',
  cases: [
    {
      id: 'H219',
      attack: 'A request for another organization, at every endpoint',
      expected: 'Not found, like a missing organization; nothing is written',
    },
    {
      id: 'H220',
      attack: 'A request for a resource of another organization',
      expected: 'Not found, like a missing resource',
    },
    { id: 'H221', attack: 'Server-controlled fields in a body', expected: 'Dropped' },
    {
      id: 'H222',
      attack: 'A stranger or a member without permission probes whether something is configured',
      expected: 'The same response, configured or not',
    },
    {
      id: 'H223',
      attack: 'A secret is guessed from the time of its comparison',
      expected: 'The work does not depend on the guess: the server looks up and compares digests',
    },
    {
      id: 'H224',
      attack: 'A duplicate token, or one in the query, in a cookie or under another scheme',
      expected: 'Only one `Authorization` header is accepted, with its scheme in any case',
    },
    {
      id: 'H225',
      attack: 'A token of the wrong kind, of no organization or of another one',
      expected: 'The documented error codes',
    },
    {
      id: 'H226',
      attack: 'An access token that is unsigned, altered or expired, or has another key, algorithm or audience',
      expected: 'Rejected',
    },
    {
      id: 'H227',
      attack: 'A revoked client secret, or concurrent use up to the usage limit',
      expected: 'The first is rejected; the second allows exactly the number of uses',
    },
    {
      id: 'H228',
      attack: 'Client secrets are guessed',
      expected: 'Only that identity is locked, for a limited time; an unknown client ID gets the same response',
    },
    {
      id: 'H229',
      attack: 'The client secret is read back',
      expected: 'The API returns a mask, and the audit trail records the read',
    },
    {
      id: 'H230',
      attack: 'A secret is read from a response, a record, the audit trail or the database',
      expected: 'None of them contains it in plain text',
    },
    {
      id: 'H231',
      attack: "An organization's admin or its provider creates an instance admin",
      expected: 'Rejected; a linked instance admin is only a member there',
    },
    {
      id: 'H232',
      attack: 'A token from before a role change or a deactivation',
      expected: 'Each request reads the current role',
    },
    {
      id: 'H233',
      attack: 'Many connections are created at once',
      expected: 'One is created; the others are conflicts',
    },
    {
      id: 'H234',
      attack: 'A body that is very large, deeply nested, ambiguous, of another type, or that pollutes prototypes',
      expected: 'Rejected with the documented errors; nothing is written',
    },
    {
      id: 'H235',
      attack: 'Other spellings of a path or a method',
      expected: 'No endpoint, or the same endpoint with the same bearer check',
    },
    { id: 'H236', attack: 'Another web origin tries to read responses', expected: 'CORS is allowed for no origin' },
    { id: 'H237', attack: 'Another site sends a request that a cookie authenticates', expected: 'Rejected' },
    {
      id: 'H238',
      attack: 'A client forges its IP address, or changes it within its IPv6 network',
      expected: 'Its requests count against the same limit',
    },
    { id: 'H239', attack: 'Pages of impossible sizes and offsets', expected: 'Rejected' },
    { id: 'H240', attack: 'Quotes and wildcards in a search term', expected: 'Treated as plain text' },
    { id: 'H241', attack: 'Strings that make regular expressions slow', expected: 'Rejected immediately' },
    {
      id: 'H242',
      attack: 'A slug that resembles another slug or a path of the site',
      expected: 'Slugs are ASCII, unique and not reserved',
    },
    {
      id: 'H243',
      attack: 'Break-glass access is used to bypass single sign-on',
      expected: 'Each code works once and for an hour, is visible to the other admins, and cannot be guessed',
    },
    {
      id: 'H244',
      attack: 'Endpoints without authentication are probed for operational secrets',
      expected: 'They return only status and version, no tenant data; there are no metrics or debugging endpoints',
    },
    {
      id: 'H385',
      attack: 'Credentials from an organization are used after or while an instance admin deletes it',
      expected: 'Sessions, tokens, secrets and accounts are deleted in one transaction; only the audit trail is kept',
    },
    {
      id: 'H386',
      attack: "A tenant takes the slug of a deleted organization, which its members' links still use",
      expected: 'Rejected; only an instance admin can reassign the slug',
    },
  ],
};
