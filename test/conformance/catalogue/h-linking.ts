import type { CaseGroup } from './group.ts';

export const linking: CaseGroup = {
  letter: 'H',
  title: 'Linking and provisioning',
  cases: [],
};
