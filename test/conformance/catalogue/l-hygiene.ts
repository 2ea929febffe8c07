import type { CaseGroup } from './group.ts';

export const hygiene: CaseGroup = {
  letter: 'L',
  title: 'Data hygiene',
  cases: [],
};
