import type { CaseGroup } from './group.ts';

export const races: CaseGroup = {
  letter: 'K',
  title: 'Races and changes of the configuration',
  cases: [],
};
