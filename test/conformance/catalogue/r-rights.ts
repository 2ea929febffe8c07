import type { CaseGroup } from './group.ts';

export const rights: CaseGroup = {
  letter: 'R',
  title: 'Rights and credentials that end while they are used',
  cases: [
    {
      id: 'H330',
      attack: 'An admin changes something at the moment when they are removed or demoted, or their sessions end',
      expected: 'Nothing is written after the right is gone',
    },
    {
      id: 'H331',
      attack: 'The body of a request arrives after its session or machine token ended',
      expected: 'Refused, and nothing is written',
    },
    {
      id: 'H332',
      attack: 'A sign-in ends at the moment when its connection, member, group, inviter or domain is taken away',
      expected: 'No session and no role outlives what it rests on',
    },
    {
      id: 'H333',
      attack: 'A session is derived or refreshed at the moment when its parent ends',
      expected: 'The new one ends too, or is refused',
    },
    {
      id: 'H334',
      attack: 'A machine logs in or renews its token, or an admin uses a break-glass code, while that is taken away',
      expected: 'Nothing that was issued is accepted afterwards',
    },
    {
      id: 'H335',
      attack: 'A copied machine token is renewed or revoked from an address that is not trusted, or without a use left',
      expected: 'Refused, as any other request with it',
    },
  ],
};
