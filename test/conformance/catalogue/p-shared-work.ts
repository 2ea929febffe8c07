import type { CaseGroup } from './group.ts';

export const sharedWork: CaseGroup = {
  letter: 'P',
  title: 'Work and limits that all share',
  cases: [
    {
      id: 'H320',
      attack: 'Sixty passwords or sixty key pairs are asked for at once',
      expected: 'One is computed at a time, a few wait, and the others get 429 with Retry-After',
    },
    {
      id: 'H321',
      attack: 'Requests for a key pair that must fail anyway',
      expected: 'Rejected before a key pair is made',
    },
    {
      id: 'H322',
      attack: 'Costly work takes the threads that sign-ins need',
      expected: 'It runs on a thread of its own, even while the shared threads are all busy',
    },
    {
      id: 'H323',
      attack: 'A client that asked for costly work hangs up',
      expected: 'The next piece of work begins only when this one is over',
    },
    {
      id: 'H324',
      attack: 'Strangers from many networks keep the instance admin from signing in',
      expected: 'The admin has a turn: those that came least go first, and known networks before all',
    },
    {
      id: 'H325',
      attack: 'Wrong break-glass codes or wrong client secrets of a machine, to lock the owner out',
      expected: 'A valid code is accepted; wrong client secrets lock only the network that they came from',
    },
    {
      id: 'H326',
      attack: 'Requests from many networks of one IPv6 prefix',
      expected: 'They count for the /56 and the /48 as well',
    },
    {
      id: 'H327',
      attack: 'Many organizations whose providers hang take all slots for outbound calls',
      expected: 'The share of each shrinks while the total fills; an organization without any has a slot at once',
    },
    {
      id: 'H328',
      attack: 'Many organizations take all DNS lookups, webhook slots or threads for name resolution',
      expected: 'The others keep their share',
    },
    {
      id: 'H329',
      attack: 'A proxy in front is not listed, so all clients share one limit and one lock',
      expected: 'One warning names the setting; a stranger on a public address who sends the header causes none',
    },
  ],
};
