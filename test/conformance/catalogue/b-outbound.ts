import type { CaseGroup } from './group.ts';

export const outbound: CaseGroup = {
  letter: 'B',
  title: 'Outbound requests',
  cases: [
    {
      id: 'H047',
      attack: 'A provider that asks for years of patience, or answers that it is busy for ever',
      expected: 'Left alone as it asks, for a minute at most; only its own organization waits',
    },
  ],
};
