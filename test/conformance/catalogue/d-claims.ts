import type { CaseGroup } from './group.ts';

export const claims: CaseGroup = {
  letter: 'D',
  title: 'ID-token claims and time',
  cases: [],
};
