import { adFs } from './vendors/ad-fs.ts';
import { apple } from './vendors/apple.ts';
import { auth0 } from './vendors/auth0.ts';
import { authelia } from './vendors/authelia.ts';
import { authentik } from './vendors/authentik.ts';
import { cognito } from './vendors/cognito.ts';
import { cyberark } from './vendors/cyberark.ts';
import { duo } from './vendors/duo.ts';
import { entraId } from './vendors/entra-id.ts';
import { github } from './vendors/github.ts';
import { gitlab } from './vendors/gitlab.ts';
import { glewlwyd } from './vendors/glewlwyd.ts';
import { googleWorkspace } from './vendors/google-workspace.ts';
import { ibmVerify } from './vendors/ibm-verify.ts';
import { jumpcloud } from './vendors/jumpcloud.ts';
import { keycloak } from './vendors/keycloak.ts';
import { lemonldap } from './vendors/lemonldap.ts';
import { okta, oktaCustomServer } from './vendors/okta.ts';
import { onelogin } from './vendors/onelogin.ts';
import { oracle } from './vendors/oracle.ts';
import { pingFederate, pingOne } from './vendors/ping.ts';
import type { Profile } from './profile.ts';
import { salesforce } from './vendors/salesforce.ts';
import { zitadel } from './vendors/zitadel.ts';

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
