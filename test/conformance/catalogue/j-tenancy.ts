import type { CaseGroup } from './group.ts';

export const tenancy: CaseGroup = {
  letter: 'J',
  title: 'Tenancy, API, authorization',
  cases: [],
};
