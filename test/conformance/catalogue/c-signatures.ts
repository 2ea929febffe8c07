import type { CaseGroup } from './group.ts';

export const signatures: CaseGroup = {
  letter: 'C',
  title: 'Keys and signatures',
  cases: [
    { id: 'H049', attack: 'An unsigned ID token, whatever the spelling of "none"', expected: 'Refused' },
    {
      id: 'H052',
      attack: 'EdDSA is named by one of its two names where the other is configured',
      expected: 'Accepted: they are one algorithm',
    },
  ],
};
