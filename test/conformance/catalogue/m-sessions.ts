import type { CaseGroup } from './group.ts';

export const sessions: CaseGroup = {
  letter: 'M',
  title: 'Tokens and sessions of our own',
  cases: [],
};
