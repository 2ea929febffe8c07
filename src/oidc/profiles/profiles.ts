import { adFs } from './ad-fs.ts';
import { apple } from './apple.ts';
import { auth0 } from './auth0.ts';
import { authelia } from './authelia.ts';
import { authentik } from './authentik.ts';
import { cognito } from './cognito.ts';
import { cyberark } from './cyberark.ts';
import { duo } from './duo.ts';
import { entraId } from './entra-id.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { glewlwyd } from './glewlwyd.ts';
import { googleWorkspace } from './google-workspace.ts';
import { ibmVerify } from './ibm-verify.ts';
import { jumpcloud } from './jumpcloud.ts';
import { keycloak } from './keycloak.ts';
import { lemonldap } from './lemonldap.ts';
import { okta, oktaCustomServer } from './okta.ts';
import { onelogin } from './onelogin.ts';
import { oracle } from './oracle.ts';
import { pingFederate, pingOne } from './ping.ts';
import type { Profile } from './profile.ts';
import { salesforce } from './salesforce.ts';
import { zitadel } from './zitadel.ts';

/** All known providers, in the order in which they are tried: first those that a host identifies. */
export const profiles: readonly Profile[] = [
  entraId,
  googleWorkspace,
  okta,
  oktaCustomServer,
  auth0,
  cognito,
  onelogin,
  jumpcloud,
  pingOne,
  duo,
  salesforce,
  cyberark,
  ibmVerify,
  oracle,
  apple,
  github,
  adFs,
  keycloak,
  authentik,
  authelia,
  zitadel,
  gitlab,
  pingFederate,
  lemonldap,
  glewlwyd,
];
