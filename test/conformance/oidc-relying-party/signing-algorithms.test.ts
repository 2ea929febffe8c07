import { describe, expect, it } from 'vitest';

import { signatureAlgorithms } from '../../../src/contract/algorithms.ts';
import { attempt } from './attempt.ts';

describe.each(signatureAlgorithms)('an ID token signed with %s', (algorithm) => {
  it('is accepted if that algorithm is configured', async () => {
    expect((await attempt({ algorithm })).code).toBe('signed_in');
  });

  it.each(signatureAlgorithms.filter((other) => other !== algorithm))(
    'is rejected if %s is configured',
    async (configured) => {
      const { code } = await attempt({ algorithm, connection: { algorithm: configured } });
      expect(code).toBe('id_token_algorithm_mismatch');
    },
  );
});
