import { entraId } from './entra-id.ts';
import { googleWorkspace } from './google-workspace.ts';
import { keycloak } from './keycloak.ts';
import { okta, oktaCustomServer } from './okta.ts';
import type { Profile } from './profile.ts';

/** Every provider that is known, in the order in which they are tried: hosts that only one vendor has come first. */
export const profiles: readonly Profile[] = [entraId, googleWorkspace, okta, oktaCustomServer, keycloak];
