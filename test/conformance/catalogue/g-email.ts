import type { CaseGroup } from './group.ts';

export const email: CaseGroup = {
  letter: 'G',
  title: 'E-mail addresses and domains',
  cases: [],
};
