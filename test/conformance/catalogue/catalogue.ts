import { discovery } from './a-discovery.ts';
import { outbound } from './b-outbound.ts';
import { signatures } from './c-signatures.ts';
import { claims } from './d-claims.ts';
import { browser } from './e-browser.ts';
import { tokenEndpoint } from './f-token-endpoint.ts';
import { email } from './g-email.ts';
import { linking } from './h-linking.ts';
import { groups } from './i-groups.ts';
import { tenancy } from './j-tenancy.ts';
import { races } from './k-races.ts';
import { hygiene } from './l-hygiene.ts';
import { sessions } from './m-sessions.ts';
import { later } from './n-later.ts';
import { remains } from './o-remains.ts';
import { sharedWork } from './p-shared-work.ts';
import { rights } from './r-rights.ts';
import type { CaseGroup } from './group.ts';

/** All known attacks on the server, by number. Append a new one to its group, with a number that was never used. */
export const catalogue: readonly CaseGroup[] = [
  discovery,
  outbound,
  signatures,
  claims,
  browser,
  tokenEndpoint,
  email,
  linking,
  groups,
  tenancy,
  races,
  hygiene,
  sessions,
  later,
  remains,
  sharedWork,
  rights,
];
