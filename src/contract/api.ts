import { applicationRoutes } from './applications.ts';
import { assumptionRoutes } from './assumptions.ts';
import { emailDomainRoutes } from './email-domains.ts';
import { auditLogRoutes } from './audit-logs.ts';
import { auditWebhookRoutes } from './audit-webhooks.ts';
import { clientKeyRoutes } from './client-keys.ts';
import { connectionOptionRoutes } from './connection-options.ts';
import { connectionTestRoutes } from './connection-test.ts';
import { enforcementRoutes } from './enforcement.ts';
import { groupRoutes } from './groups.ts';
import { identityRoutes } from './identities.ts';
import { invitationRoutes } from './invitations.ts';
import { keyRoutes } from './keys.ts';
import { loginAttemptRoutes } from './login-attempts.ts';
import { loginRoutes } from './login.ts';
import { membershipRoutes } from './memberships.ts';
import { oidcConfigRoutes } from './oidc-config.ts';
import { organizationAdminRoutes } from './organization-admin.ts';
import { organizationRoutes } from './organizations.ts';
import { relinkRoutes } from './relinking.ts';
import type { RouteContract } from './route.ts';
import { serverRoutes } from './server.ts';
import { sessionRoutes } from './sessions.ts';

/** Every endpoint of the API, in the order of the document. */
export const apiRoutes: readonly RouteContract[] = [
  oidcConfigRoutes,
  connectionOptionRoutes,
  connectionTestRoutes,
  assumptionRoutes,
  clientKeyRoutes,
  loginRoutes,
  loginAttemptRoutes,
  serverRoutes,
  keyRoutes,
  sessionRoutes,
  organizationRoutes,
  organizationAdminRoutes,
  enforcementRoutes,
  membershipRoutes,
  relinkRoutes,
  invitationRoutes,
  groupRoutes,
  emailDomainRoutes,
  identityRoutes,
  applicationRoutes,
  auditLogRoutes,
  auditWebhookRoutes,
].flatMap((routes) => Object.values<RouteContract>(routes));
