/**
 * Who may call which endpoint of an organization, as a second, independent source. The walk beside this file compares
 * it with the whole server. A new endpoint needs a row here, or the walk fails; see CONTRIBUTING.md.
 */
import { randomUUID } from 'node:crypto';

import type { Role } from '../../src/contract/shapes.ts';
import { customConfig } from '../support/oidc-config-body.ts';
import type { Things } from './things.ts';

type Fields = Readonly<Record<string, unknown>>;
type Ask<Answer> = (at: Things) => Answer | Promise<Answer>;

/** An endpoint of one organization, and a request to it that succeeds for authorized callers. */
export interface PermissionRow {
  /** The weakest role with permission; `no-access` means every member. */
  readonly may: Role;
  /** The kind of caller that is allowed, if not both. */
  readonly callers?: 'user' | 'identity';
  /** The values of path parameters, if their names are not sufficient. */
  readonly params?: Ask<Readonly<Record<string, string>>>;
  readonly query?: Ask<Readonly<Record<string, string>>>;
  readonly json?: Ask<Fields>;
  /** The status of an allowed request, if it is not 200. */
  readonly allowed?: number;
  /** Preconditions of the request. */
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
  // With a blocked address: the walk calls no provider.
  testOidcConfig: {
    may: 'admin',
    given: configured,
    json: ({ organizationId }) => ({ organizationId, tokenEndpoint: 'https://10.0.0.1/token' }),
  },
  readAssumptions: { may: 'admin', given: configured, query: inQuery },
  listLoginAttempts: { may: 'admin', query: inQuery },
  // Without an attempt: an authorized caller gets "not found", and all others get "forbidden".
  readLoginAttempt: {
    may: 'admin',
    params: () => ({ attemptId: randomUUID() }),
    query: inQuery,
    allowed: 404,
  },
  readClientKeys: { may: 'admin', given: configured, query: inQuery },
  // With a secret in the connection: an authorized caller gets the error that it has no key, and all others get
  // "forbidden".
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
  // Without a session: an authorized caller gets "not found", and all others get "forbidden".
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

  // No user of the walk has an identity; an authorized caller gets that error.
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
  // The walk has no DNS server.
  verifyEmailDomain: { may: 'admin', params: async (at) => ({ id: await at.domainId() }), allowed: 424 },

  createApplication: {
    may: 'admin',
    json: ({ organizationId, newName }) => ({
      name: newName(),
      organizationId,
      redirectUris: ['https://app.example/callback'],
    }),
  },
  listApplications: { may: 'admin', query: inQuery },
  readApplication: { may: 'admin' },
  updateApplication: { may: 'admin', json: (at) => ({ name: at.newName() }) },
  deleteApplication: { may: 'admin' },
  // The application has a secret already, and may have one more.
  createApplicationSecret: { may: 'admin', given: async (at) => at.dropSecrets(), json: () => ({}) },
  deleteApplicationSecret: { may: 'admin' },

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

/** Endpoints except GET that a break-glass session may call: they repair the connection and end sessions. */
export const openToBreakGlass: readonly string[] = [
  ['createOidcConfig', 'updateOidcConfig', 'deleteOidcConfig', 'testOidcConfig', 'rotateClientKey'],
  ['selectOrganization', 'checkAuth', 'endMySessions', 'endMySession'],
  ['endOrganizationSessions', 'endOrganizationSession', 'markEmergencyUsesSeen'],
].flat();

/** Endpoints without an organization in the request: they belong to the server, or to the caller. */
export const ofNoOrganization: readonly string[] = [
  ['bootstrap', 'readLiveness', 'readStatus', 'readReadiness', 'readSigningKeys', 'readKeys', 'rotateKeys'],
  ['readClientKeySet'],
  ['startSignIn', 'finishSignIn', 'showSignInError'],
  ['loginWithPassword', 'selectOrganization', 'refreshToken', 'checkAuth', 'logout'],
  ['readMe', 'listMyOrganizations', 'listMySessions', 'endMySessions', 'endMySession'],
  // A code belongs to the caller: an instance admin who is not a member has none.
  ['createBreakGlassCodes', 'useBreakGlassCode'],
  ['createOrganization', 'listOrganizations', 'readIdentityDetails', 'listOrganizationRoles'],
  // Only for instance admins, regardless of membership: test/api/organization-admin.test.ts.
  ['listAllOrganizations', 'deleteOrganization'],
  ['loginWithUniversalAuth', 'renewMachineToken', 'revokeMachineToken'],
].flat();
