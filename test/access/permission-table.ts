/**
 * Who may call which endpoint of an organization, written down a second time: the walk beside this file asks the whole
 * server whether it agrees. A new endpoint needs a row here, or the walk fails; CONTRIBUTING.md says how.
 */
import { randomUUID } from 'node:crypto';

import type { Role } from '../../src/contract/shapes.ts';
import { customConfig } from '../support/oidc-config-body.ts';
import type { Things } from './things.ts';

type Fields = Readonly<Record<string, unknown>>;
type Ask<Answer> = (at: Things) => Answer | Promise<Answer>;

/** An endpoint that speaks of one organization, and a request to it that succeeds for whoever may. */
export interface PermissionRow {
  /** The weakest role that may; `no-access` means every member. */
  readonly may: Role;
  /** Who can be admitted at all, where it is not both. */
  readonly callers?: 'user' | 'identity';
  /** What the path's parameters stand for, where their names do not say it. */
  readonly params?: Ask<Readonly<Record<string, string>>>;
  readonly query?: Ask<Readonly<Record<string, string>>>;
  readonly json?: Ask<Fields>;
  /** What the request is answered when it is allowed, where that is not 200. */
  readonly allowed?: number;
  /** What has to be so before the request can succeed. */
  readonly given?: Ask<unknown>;
}

const inQuery: Ask<Readonly<Record<string, string>>> = ({ organizationId }) => ({ organizationId });
const theGroup: Ask<Readonly<Record<string, string>>> = async (at) => ({ id: await at.groupId() });
const theMember: Ask<Readonly<Record<string, string>>> = async (at) => ({
  id: await at.groupId(),
  username: await at.username(),
});
const configured: Ask<unknown> = async (at) => at.configure(true);
const unconfigured: Ask<unknown> = async (at) => at.configure(false);
const detached: Ask<unknown> = async (at) => at.detach();
const hooked: Ask<unknown> = async (at) => at.hook(true);
const unhooked: Ask<unknown> = async (at) => at.hook(false);

export const permissionTable: Readonly<Record<string, PermissionRow>> = {
  createOidcConfig: { may: 'admin', given: unconfigured, json: (at) => customConfig(at.organizationId) },
  readOidcConfig: { may: 'admin', given: configured, query: inQuery },
  updateOidcConfig: { may: 'admin', given: configured, json: ({ organizationId }) => ({ organizationId }) },
  deleteOidcConfig: { may: 'admin', given: configured, query: inQuery },
  readConnectionOptions: { may: 'admin', given: configured, query: inQuery },
  // Of an address that is refused: the walk calls nobody.
  testOidcConfig: {
    may: 'admin',
    given: configured,
    json: ({ organizationId }) => ({ organizationId, tokenEndpoint: 'https://10.0.0.1/token' }),
  },
  readAssumptions: { may: 'admin', given: configured, query: inQuery },
  listLoginAttempts: { may: 'admin', query: inQuery },
  // Of no attempt: whoever may read one learns that there is none, and nobody else does.
  readLoginAttempt: {
    may: 'admin',
    params: () => ({ attemptId: randomUUID() }),
    query: inQuery,
    allowed: 404,
  },
  readClientKeys: { may: 'admin', given: configured, query: inQuery },
  // Of a configuration with a secret: whoever may change it learns that it has no key, and nobody else does.
  readClientCertificate: { may: 'admin', given: configured, query: inQuery, allowed: 404 },
  rotateClientKey: { may: 'admin', given: configured, json: inQuery, allowed: 409 },
  readManageGroupMemberships: {
    may: 'member',
    callers: 'user',
    query: ({ organizationId }) => ({ orgId: organizationId }),
  },

  readOrganization: { may: 'member' },
  readProvisioning: { may: 'member' },
  updateOrganization: { may: 'admin', json: (at) => ({ name: at.newName() }) },
  readAuthEnforcement: { may: 'admin' },
  listEmergencyUses: { may: 'admin' },
  markEmergencyUsesSeen: { may: 'admin', callers: 'user' },
  readBreakGlassCodes: { may: 'admin', callers: 'user' },
  listOrganizationSessions: { may: 'admin' },
  // Of no session: whoever may end one learns that there is none, and nobody else does.
  endOrganizationSession: {
    may: 'admin',
    params: ({ organizationId }) => ({ organizationId, sessionId: randomUUID() }),
    allowed: 404,
  },
  endOrganizationSessions: { may: 'admin', query: () => ({ userId: randomUUID() }) },
  listAuditLogs: { may: 'admin', query: inQuery },
  exportAuditLogs: { may: 'admin', query: inQuery },
  createAuditWebhook: { may: 'admin', given: unhooked, json: () => ({ url: 'https://127.0.0.1:9/' }) },
  readAuditWebhook: { may: 'admin', given: hooked },
  updateAuditWebhook: { may: 'admin', given: hooked, json: () => ({ isActive: false }) },
  deleteAuditWebhook: { may: 'admin', given: hooked },
  rotateAuditWebhookSecret: { may: 'admin', given: hooked },
  testAuditWebhook: { may: 'admin', given: hooked },
  listMemberships: { may: 'member' },
  updateMembership: { may: 'admin', json: () => ({ role: 'no-access' }) },
  deleteMembership: { may: 'admin' },
  deleteMemberships: { may: 'admin', json: async (at) => ({ membershipIds: [await at.membershipId()] }) },

  // Nobody of the walk has an identity; whoever may is told so.
  allowRelink: {
    may: 'admin',
    json: async (at) => ({ membershipIds: [await at.membershipId()] }),
    allowed: 409,
  },
  listRelinks: { may: 'admin' },
  withdrawRelinks: { may: 'admin' },

  createInvitation: { may: 'admin', json: (at) => ({ email: at.newAddress() }) },
  listInvitations: { may: 'admin' },
  renewInvitation: { may: 'admin', json: () => ({}) },
  revokeInvitation: { may: 'admin' },

  createGroup: { may: 'admin', json: (at) => ({ name: at.newName(), organizationId: at.organizationId }) },
  listGroups: { may: 'member', query: inQuery },
  readGroup: { may: 'member', params: theGroup },
  updateGroup: { may: 'admin', params: theGroup, json: (at) => ({ name: at.newName() }) },
  deleteGroup: { may: 'admin', params: theGroup },
  listGroupUsers: { may: 'member', params: theGroup },
  addGroupUser: { may: 'admin', given: unconfigured, params: theMember },
  removeGroupUser: { may: 'admin', given: async (at) => at.joinGroup(), params: theMember },

  createEmailDomain: { may: 'admin', json: (at) => ({ domain: at.newDomain(), organizationId: at.organizationId }) },
  listEmailDomains: { may: 'admin', query: inQuery },
  deleteEmailDomain: { may: 'admin', params: async (at) => ({ id: await at.domainId() }) },
  // The walk has no name server.
  verifyEmailDomain: { may: 'admin', params: async (at) => ({ id: await at.domainId() }), allowed: 424 },

  createIdentity: { may: 'admin', json: (at) => ({ name: at.newName(), organizationId: at.organizationId }) },
  listIdentities: { may: 'member', query: ({ organizationId }) => ({ orgId: organizationId }) },
  readIdentity: { may: 'member' },
  updateIdentity: { may: 'admin', json: (at) => ({ name: at.newName() }) },
  deleteIdentity: { may: 'admin' },
  attachUniversalAuth: { may: 'admin', given: detached, json: () => ({}) },
  readUniversalAuth: { may: 'member' },
  updateUniversalAuth: { may: 'admin', json: () => ({ accessTokenTTL: 60 }) },
  detachUniversalAuth: { may: 'admin' },
  createClientSecret: { may: 'admin', json: () => ({}) },
  listClientSecrets: { may: 'member' },
  readClientSecret: { may: 'member' },
  revokeClientSecret: { may: 'admin', json: () => ({}) },
};

/** Endpoints besides GET that a session from a break-glass code may call: repairing the connection and ending sessions. */
export const openToBreakGlass: readonly string[] = [
  ['createOidcConfig', 'updateOidcConfig', 'deleteOidcConfig', 'testOidcConfig', 'rotateClientKey'],
  ['selectOrganization', 'checkAuth', 'endMySessions', 'endMySession'],
  ['endOrganizationSessions', 'endOrganizationSession', 'markEmergencyUsesSeen'],
].flat();

/** Endpoints that speak of no organization that the caller names: they are the server's, or the caller's own. */
export const ofNoOrganization: readonly string[] = [
  ['bootstrap', 'readLiveness', 'readStatus', 'readReadiness', 'readSigningKeys', 'readKeys', 'rotateKeys'],
  ['readClientKeySet'],
  ['startSignIn', 'finishSignIn', 'showSignInError'],
  ['loginWithPassword', 'selectOrganization', 'refreshToken', 'checkAuth', 'logout'],
  ['readMe', 'listMyOrganizations', 'listMySessions', 'endMySessions', 'endMySession'],
  // A code is the caller's own: the server's administrator has none without being a member.
  ['createBreakGlassCodes', 'useBreakGlassCode'],
  ['createOrganization', 'listOrganizations', 'readIdentityDetails', 'listOrganizationRoles'],
  // For instance admins alone, whatever they belong to: test/api/organization-admin.test.ts.
  ['listAllOrganizations', 'deleteOrganization'],
  ['loginWithUniversalAuth', 'renewMachineToken', 'revokeMachineToken'],
].flat();
