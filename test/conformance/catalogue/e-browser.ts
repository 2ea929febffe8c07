import type { CaseGroup } from './group.ts';

export const browser: CaseGroup = {
  letter: 'E',
  title: 'Authorization response, browser, transaction',
  cases: [],
};
