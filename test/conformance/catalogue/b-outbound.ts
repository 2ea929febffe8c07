import type { CaseGroup } from './group.ts';

export const outbound: CaseGroup = {
  letter: 'B',
  title: 'Outbound requests',
  cases: [],
};
