import type { CaseGroup } from './group.ts';

export const groups: CaseGroup = {
  letter: 'I',
  title: 'Groups',
  cases: [],
};
