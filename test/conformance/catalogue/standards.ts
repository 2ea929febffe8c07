import { asvs } from './standards/asvs.ts';
import { nist } from './standards/nist.ts';
import { oidcCore } from './standards/oidc-core.ts';
import type { Requirement } from './standards/requirement.ts';
import { rfc9700 } from './standards/rfc-9700.ts';

/** The requirements that the server aims to meet, by standard. */
export const requirements: Readonly<Record<string, readonly Requirement[]>> = {
  'OpenID Connect Core 3.1.3.7': oidcCore,
  'RFC 9700': rfc9700,
  'OWASP ASVS 5.0': asvs,
  'NIST SP 800-63C-4': nist,
};
