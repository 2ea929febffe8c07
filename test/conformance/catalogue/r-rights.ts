import type { CaseGroup } from './group.ts';

export const rights: CaseGroup = {
  letter: 'R',
  title: 'Permissions and credentials that end during use',
  cases: [
    {
      id: 'H330',
      attack: 'An admin makes a change while they are removed or demoted, or their session ends',
      expected: 'Nothing is written after the permission ended',
    },
    {
      id: 'H331',
      attack: 'The body of a request arrives after its session or machine token ended',
      expected: 'Rejected, and nothing is written',
    },
    {
      id: 'H332',
      attack: 'A sign-in completes while its connection, member, group, inviter or domain is removed',
      expected: 'No session and no role outlives its basis',
    },
    {
      id: 'H333',
      attack: 'A session is derived or refreshed while its parent ends',
      expected: 'The new session ends too, or is rejected',
    },
    {
      id: 'H334',
      attack:
        'A machine logs in or renews its token, or an admin uses a break-glass code, while that credential is removed',
      expected: 'No token that was issued is accepted afterwards',
    },
    {
      id: 'H335',
      attack: 'A copied machine token is renewed or revoked from an untrusted address, or without remaining uses',
      expected: 'Rejected, like any other request with it',
    },
  ],
};
