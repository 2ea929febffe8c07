import { expect, it } from 'vitest';

import { entraId } from './vendors/entra-id.ts';
import { generic } from './generic.ts';
import { judgeProbe } from './judge-probe.ts';
import { keycloak } from './vendors/keycloak.ts';

it.each([
  [generic, 'invalid_grant', undefined, { secret: 'accepted', certainty: 'proof' }],
  [generic, 'invalid_client', undefined, { secret: 'refused', certainty: 'proof' }],
  [generic, 'unauthorized_client', undefined, { secret: 'unknown' }],
  [generic, undefined, undefined, { secret: 'unknown' }],
  [entraId, 'invalid_grant', 'AADSTS9002313: Invalid request.', { secret: 'accepted', certainty: 'hint' }],
  [entraId, 'invalid_client', 'AADSTS7000215: Invalid client secret', { secret: 'refused', certainty: 'proof' }],
  [
    keycloak,
    'unauthorized_client',
    'Invalid client or Invalid client credentials',
    { secret: 'refused', certainty: 'proof' },
  ],
  [keycloak, 'unauthorized_client', 'Client not allowed for standard flow', { secret: 'unknown' }],
] as const)('%o sends %s (%s) for an invalid code', (profile, error, errorDescription, verdict) => {
  expect(judgeProbe(profile, { error, errorDescription })).toEqual(verdict);
});
