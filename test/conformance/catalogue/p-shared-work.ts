import type { CaseGroup } from './group.ts';

export const sharedWork: CaseGroup = {
  letter: 'P',
  title: 'Shared work and limits',
  cases: [
    {
      id: 'H320',
      attack: 'Sixty password hashes or sixty key pairs are requested at once',
      expected: 'One is computed at a time, a few wait, and the others get 429 with `Retry-After`',
    },
    {
      id: 'H321',
      attack: 'Requests for a key pair that must fail anyway',
      expected: 'Rejected before a key pair is generated',
    },
    {
      id: 'H322',
      attack: 'Expensive work occupies the threads that sign-ins need',
      expected: 'It runs on its own thread, even while the shared threads are all busy',
    },
    {
      id: 'H323',
      attack: 'A client that requested expensive work disconnects',
      expected: 'The next job starts only after this one ends',
    },
    {
      id: 'H324',
      attack: 'Strangers from many networks keep the instance admin from signing in',
      expected: 'The admin gets a turn: the least frequent clients go first, and known networks before all others',
    },
    {
      id: 'H325',
      attack: 'Wrong break-glass codes or wrong client secrets of a machine, to lock the owner out',
      expected: 'A valid code is accepted; wrong client secrets lock only the network that they came from',
    },
    {
      id: 'H326',
      attack: 'Requests from many networks of one IPv6 prefix',
      expected: 'They also count against the /56 and the /48',
    },
    {
      id: 'H327',
      attack: 'Many organizations with unresponsive providers occupy all slots for outbound calls',
      expected: 'Each share shrinks as the total fills; an organization without a slot gets one immediately',
    },
    {
      id: 'H328',
      attack: 'Many organizations occupy all DNS lookups, webhook slots or threads for name resolution',
      expected: 'The others keep their share',
    },
    {
      id: 'H329',
      attack: 'A reverse proxy is not listed, so all clients share one limit and one lock',
      expected: 'One warning names the setting; a forged header from a public address causes no warning',
    },
  ],
};
