import { defineConfig } from 'vitest/config';

// `npm run test:mutation`: the unit tests of the modules that Stryker mutates.
export default defineConfig({
  test: {
    include: [
      'src/oidc/callback/*.test.ts',
      'src/{provisioning,group-sync}/rules.test.ts',
      'src/access/{permissions,enforcement-result}.test.ts',
      'src/outbound/outbound-policy.test.ts',
    ],
  },
});
