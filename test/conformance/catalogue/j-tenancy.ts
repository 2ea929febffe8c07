import type { CaseGroup } from './group.ts';

export const tenancy: CaseGroup = {
  letter: 'J',
  title: 'Tenancy, API, authorization',
  cases: [
    {
      id: 'H219',
      attack: 'A request names an organization of somebody else, at every endpoint',
      expected: 'Not found, like one that does not exist; nothing is written',
    },
    {
      id: 'H220',
      attack: 'A request names a thing of another organization',
      expected: 'Not found, like one that does not exist',
    },
    { id: 'H221', attack: 'Fields that only the server sets, in a body', expected: 'Dropped' },
    {
      id: 'H222',
      attack: 'A stranger or a member without the permission asks whether something is configured',
      expected: 'The same answer, configured or not',
    },
    {
      id: 'H223',
      attack: 'A secret is guessed by the time that its comparison takes',
      expected: 'The same work, however much of the guess is right: what is looked up and compared are digests',
    },
    {
      id: 'H224',
      attack: 'A token twice, in the query, in a cookie or under another scheme',
      expected: 'Only one `Authorization` header counts, its scheme in any case',
    },
    {
      id: 'H225',
      attack: 'A token of the wrong kind, of no organization or of another one',
      expected: 'The documented answers',
    },
    {
      id: 'H226',
      attack:
        'An access token without a signature, under another key or algorithm, for another site, changed or expired',
      expected: 'Refused',
    },
    {
      id: 'H227',
      attack: 'A client secret that was revoked, or is used by many at once up to its limit',
      expected: 'Nothing for the first, exactly as many uses for the second',
    },
    {
      id: 'H228',
      attack: 'Client secrets are guessed',
      expected: 'That identity is locked for a while, and no other; an unknown client id is answered alike',
    },
    { id: 'H229', attack: "The client's secret is read back", expected: 'A mask, and an entry in the audit trail' },
    {
      id: 'H230',
      attack: 'A secret is read from an answer, a record, the audit trail or the database',
      expected: 'It is in none of them in clear',
    },
    {
      id: 'H231',
      attack: 'An admin of an organization, or its provider, makes an administrator of the server',
      expected: 'Refused; a linked administrator is a member there and no more',
    },
    {
      id: 'H232',
      attack: 'A token from before a role was changed or a member was switched off',
      expected: 'Each request reads the role anew',
    },
    { id: 'H233', attack: 'Many configurations are made at once', expected: 'One; the others are conflicts' },
    {
      id: 'H234',
      attack: 'A body that is huge, deep, ambiguous, of another type, or reaches for prototypes',
      expected: 'Refused with the documented errors; nothing is written',
    },
    {
      id: 'H235',
      attack: 'Other spellings of a path or a method',
      expected: 'No endpoint, or the same one with the same check of the token',
    },
    { id: 'H236', attack: 'Another origin asks to read answers', expected: 'No origin is let in' },
    { id: 'H237', attack: 'Another site sends what a cookie authenticates', expected: 'Refused' },
    {
      id: 'H238',
      attack: 'A client makes up the address that it comes from, or changes it within its IPv6 network',
      expected: 'Its requests count as before',
    },
    { id: 'H239', attack: 'Pages of impossible sizes and places', expected: 'Refused' },
    { id: 'H240', attack: 'Quotes and wildcards in what is searched for', expected: 'Taken as text' },
    { id: 'H241', attack: 'Texts that slow patterns down', expected: 'Refused at once' },
    {
      id: 'H242',
      attack: "A slug that resembles another one's, or a part of the site",
      expected: 'Plain ASCII, unique, and none that is reserved',
    },
    {
      id: 'H243',
      attack: 'The way in for emergencies is used as a way around',
      expected: 'Once for each code, for an hour, seen by the other admins, and not open to guessing',
    },
    {
      id: 'H244',
      attack: 'What needs no token is asked for secrets of the operation',
      expected: 'The state and the version, nothing of a tenant; there are no metrics or debugging endpoints',
    },
    {
      id: 'H385',
      attack: 'What an organization gave is used after an instance admin deleted it, or while they do',
      expected: 'Sessions, tokens, secrets and accounts are gone in one transaction; only the audit trail stays',
    },
    {
      id: 'H386',
      attack: 'A tenant takes the slug of a deleted organization, to which the links of its members lead',
      expected: 'Refused; only an instance admin may give it away',
    },
  ],
};
