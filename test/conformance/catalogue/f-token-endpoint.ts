import type { CaseGroup } from './group.ts';

export const tokenEndpoint: CaseGroup = {
  letter: 'F',
  title: 'Token endpoint and userinfo',
  cases: [],
};
