import type { CaseGroup } from './group.ts';

export const discovery: CaseGroup = {
  letter: 'A',
  title: 'Discovery and metadata',
  cases: [],
};
