import type { CaseGroup } from './group.ts';

export const outbound: CaseGroup = {
  letter: 'B',
  title: 'Outbound requests',
  cases: [
    {
      id: 'H031',
      attack: 'A connection test as a scanner of the network that the server stands in, by its texts or its time',
      expected:
        'One text and one time for everything that cannot be reached; so many tests a minute, each in the trail',
    },
    {
      id: 'H032',
      attack: 'A provider on a private network, with a certificate of a private authority',
      expected: 'Works where the operator listed its host or range and trusts the authority, and only there',
    },
    {
      id: 'H033',
      attack: 'A certificate that nobody vouches for, that has expired, is of another host or has a small key; old TLS',
      expected: 'Refused; the record tells which',
    },
    {
      id: 'H047',
      attack: 'A provider that asks for years of patience, or answers that it is busy for ever',
      expected: 'Left alone as it asks, for a minute at most; only its own organization waits',
    },
    {
      id: 'H048',
      attack: 'A proxy that the environment names for other programs',
      expected: "Not looked at: calls go directly, or through the operator's own setting",
    },
  ],
};
