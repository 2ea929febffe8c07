import type { EmailDomainLapse, SessionEndReason, SkippedAddress, WebhookPause } from '../contract/audit-reasons.ts';
import type { ProvisioningPolicy } from '../contract/organizations.ts';
import type { Role } from '../contract/shapes.ts';

interface GroupName {
  readonly id: string;
  readonly name: string;
}

/** The settings of an organization after a change. */
interface OrganizationSettings {
  readonly name: string;
  readonly slug: string;
  readonly authEnforced: boolean;
  readonly bypassOrgAuthEnabled: boolean;
  readonly defaultMembershipRole: Role;
  readonly userTokenExpiration: string;
  readonly provisioningPolicy: ProvisioningPolicy;
}

/** What ended with a membership, or was kept, as counts. */
export interface EndedGrants {
  readonly sessions: number;
  readonly breakGlassCodes: number;
  readonly invitations: number;
  readonly relinkPermissions: number;
  /** Whether the counted roles and secrets ended or were kept. */
  readonly machineAccess: 'kept' | 'ended';
  /** Machine identities whose role the member granted. */
  readonly machineIdentities: number;
  /** Client secrets that the member created. */
  readonly clientSecrets: number;
}

type GrantsOfEntry = Omit<EndedGrants, 'sessions'>;

interface ApplicationFact {
  readonly applicationId: string;
}

interface EmailDomainFact {
  readonly emailDomainId: string;
  readonly domain: string;
}

/**
 * Every kind of audit event with its facts. A fact is never a secret, a token or a whole claim set. A new kind of event
 * declares its facts here.
 */
export type AuditEvent =
  | { type: 'server-bootstrap'; metadata: { organizationName: string } }
  | {
      type: 'server-restore';
      metadata: { keepsAccess: boolean; endedSessions: number; endedMachineTokens: number };
    }
  | { type: 'server-keys-rotate'; metadata: { kind: string; keyId: string } }
  | { type: 'organization-create'; metadata: { organizationId: string; name: string; slug: string } }
  // The last entry of an organization's trail, and an entry in the server's own trail.
  | {
      type: 'organization-delete';
      metadata: {
        organizationId: string;
        name: string;
        slug: string;
        members: number;
        groups: number;
        machineIdentities: number;
        sessions: number;
        deletedUsers: number;
      };
    }
  | { type: 'organization-update'; metadata: { changedFields: readonly string[]; settings: OrganizationSettings } }
  | { type: 'oidc-config-create'; metadata: { configId: string; configurationType: string; isActive: boolean } }
  | { type: 'oidc-config-read'; metadata: { configId: string } }
  | {
      type: 'oidc-config-update';
      metadata: { configId: string; changedFields: readonly string[]; isActive: boolean; endedSessions?: number };
    }
  // A test stores nothing, but the server sends requests to hosts: the entry says which, and the result.
  | {
      type: 'oidc-config-test';
      metadata: {
        configId: string | null;
        isProposed: boolean;
        hosts: readonly string[];
        ok: boolean;
        failedSteps: readonly string[];
      };
    }
  | { type: 'oidc-config-delete'; metadata: { configId: string; endedSessions: number } }
  | { type: 'oidc-client-key-create'; metadata: { configId: string; keyId: string; activeFrom: string } }
  | { type: 'sign-in-success'; metadata: { attemptId: string; userId: string; issuer: string } }
  | { type: 'sign-in-refused'; metadata: { attemptId: string; code: string } }
  // More attempts were refused in one minute than are recorded. The rest of that minute was only counted.
  | { type: 'sign-in-refusals-unrecorded'; metadata: { recordedPerMinute: number } }
  | { type: 'user-provision'; metadata: { userId: string; userEmail: string; issuer: string } }
  | { type: 'user-link'; metadata: { userId: string; userEmail: string; issuer: string } }
  // Another identity replaced the member's identity, because an admin had allowed relinking.
  | {
      type: 'user-relink';
      metadata: {
        userId: string;
        userEmail: string;
        issuer: string;
        previousIssuer: string;
        endedSessions: number;
        endedGrants: GrantsOfEntry;
      };
    }
  | { type: 'user-profile-update'; metadata: { userId: string; changedFields: readonly string[] } }
  // The provider asserts another e-mail address than the account has, and the account keeps its address.
  | { type: 'user-profile-update-skipped'; metadata: { userId: string; field: 'email'; reason: SkippedAddress } }
  | { type: 'user-rejoin'; metadata: { userId: string; userEmail: string; issuer: string } }
  | {
      type: 'oidc-group-membership-mapping-assign-user';
      metadata: {
        userId: string;
        userEmail: string;
        assignedToGroups: readonly GroupName[];
        userGroupsClaim: readonly string[];
        /** `present`, `empty`, or `absent` if an absent claim counts as empty. */
        groupsClaim: string;
      };
    }
  | {
      type: 'oidc-group-membership-mapping-remove-user';
      metadata: {
        userId: string;
        userEmail: string;
        removedFromGroups: readonly GroupName[];
        userGroupsClaim: readonly string[];
        groupsClaim: string;
      };
    }
  | { type: 'session-start'; metadata: { sessionId: string; userId: string; authMethod: string } }
  | { type: 'session-end'; metadata: { sessionId: string; userId: string; reason: SessionEndReason } }
  | { type: 'refresh-token-reuse'; metadata: { sessionId: string; userId: string } }
  | {
      type: 'organization-sessions-end';
      metadata: { userId: string | null; endedSessions: number; reason: SessionEndReason };
    }
  // There is an entry for an address without an account too, so that response times reveal nothing.
  | { type: 'password-login-failed'; metadata: { userId: string | null } }
  | { type: 'password-login-limited'; metadata: { userId: string | null } }
  | { type: 'enforcement-bypass'; metadata: { userId: string; userEmail: string; sessionId: string } }
  | { type: 'break-glass-codes-create'; metadata: { userId: string; count: number } }
  | { type: 'break-glass-use'; metadata: { userId: string; userEmail: string; sessionId: string } }
  | { type: 'break-glass-failed'; metadata: { userId: string | null } }
  | { type: 'break-glass-limited'; metadata: { userId: string | null } }
  | { type: 'identity-create'; metadata: { identityId: string; name: string; role: Role } }
  | { type: 'identity-update'; metadata: { identityId: string; name: string; role: Role } }
  | { type: 'identity-delete'; metadata: { identityId: string; name: string } }
  | { type: 'universal-auth-attach'; metadata: { identityId: string; clientId: string } }
  | { type: 'universal-auth-update'; metadata: { identityId: string; changedFields: readonly string[] } }
  | { type: 'universal-auth-detach'; metadata: { identityId: string } }
  | {
      type: 'client-secret-create';
      metadata: { identityId: string; clientSecretId: string; clientSecretPrefix: string };
    }
  | { type: 'client-secret-revoke'; metadata: { identityId: string; clientSecretId: string } }
  | { type: 'universal-auth-login'; metadata: { identityId: string; clientSecretId: string; tokenId: string } }
  | { type: 'universal-auth-lockout'; metadata: { identityId: string } }
  | { type: 'machine-token-renew'; metadata: { identityId: string; tokenId: string } }
  | { type: 'machine-token-revoke'; metadata: { identityId: string; tokenId: string } }
  | {
      type: 'oidc-group-membership-mapping-keep-last-admin';
      metadata: {
        userId: string;
        userEmail: string;
        keptInGroup: GroupName;
        userGroupsClaim: readonly string[];
        groupsClaim: string;
      };
    }
  // In the trail of the organization that owns the application, or in the server's own trail.
  | { type: 'application-create'; metadata: ApplicationFact & { clientId: string; name: string; kind: string } }
  | { type: 'application-update'; metadata: ApplicationFact & { changedFields: readonly string[] } }
  | { type: 'application-delete'; metadata: ApplicationFact & { clientId: string; name: string } }
  | { type: 'application-secret-create'; metadata: ApplicationFact & { secretId: string; lastFour: string } }
  | { type: 'application-secret-delete'; metadata: ApplicationFact & { secretId: string; lastFour: string } }
  | {
      type: 'application-sign-in';
      metadata: ApplicationFact & { name: string; sessionId: string; userId: string };
    }
  // The application revoked its tokens, or a code or a refresh token was used again. Every token that it had from the
  // session ended.
  | {
      type: 'application-tokens-end';
      metadata: ApplicationFact & {
        sessionId: string;
        userId: string;
        ended: number;
        reason: 'revoked' | 'used_again';
      };
    }
  | { type: 'email-domain-create'; metadata: EmailDomainFact }
  | { type: 'email-domain-renew-code'; metadata: EmailDomainFact }
  | { type: 'email-domain-verify'; metadata: EmailDomainFact }
  | { type: 'email-domain-verify-failed'; metadata: EmailDomainFact & { finding: string } }
  | { type: 'email-domain-grace'; metadata: EmailDomainFact & { finding: string; graceEndsAt: string } }
  | { type: 'email-domain-restore'; metadata: EmailDomainFact }
  | { type: 'email-domain-lapse'; metadata: EmailDomainFact & { reason: EmailDomainLapse } }
  | { type: 'email-domain-delete'; metadata: EmailDomainFact & { status: string } }
  | { type: 'email-domain-vouch'; metadata: EmailDomainFact }
  | { type: 'group-create'; metadata: { groupId: string; name: string; role: Role } }
  | { type: 'group-update'; metadata: { groupId: string; name: string; slug: string; role: Role } }
  | { type: 'group-delete'; metadata: { groupId: string; name: string; role: Role } }
  | { type: 'group-member-add'; metadata: { groupId: string; name: string; userId: string; userEmail: string } }
  | { type: 'group-member-remove'; metadata: { groupId: string; name: string; userId: string; userEmail: string } }
  | {
      type: 'membership-update';
      metadata: {
        membershipId: string;
        userId: string;
        userEmail: string;
        role: Role;
        isActive: boolean;
        endedSessions: number;
        endedGrants?: GrantsOfEntry;
      };
    }
  | {
      type: 'membership-delete';
      metadata: {
        membershipId: string;
        userId: string;
        userEmail: string;
        role: Role;
        endedSessions: number;
        endedGrants?: GrantsOfEntry;
      };
    }
  | {
      type: 'relink-allow';
      metadata: {
        membershipId: string;
        userId: string;
        userEmail: string;
        issuer: string;
        expiresAt: string;
        keepMachineAccess: boolean;
      };
    }
  | {
      type: 'relink-allow-issuer';
      metadata: { issuer: string; identityCount: number; expiresAt: string; keepMachineAccess: boolean };
    }
  | { type: 'relink-withdraw'; metadata: { members: number; issuers: number } }
  // Only the host of the URL: the rest may contain the receiver's own secret.
  | { type: 'audit-webhook-create'; metadata: { webhookId: string; host: string } }
  | { type: 'audit-webhook-update'; metadata: { webhookId: string; host: string; changedFields: readonly string[] } }
  | { type: 'audit-webhook-rotate-secret'; metadata: { webhookId: string } }
  | { type: 'audit-webhook-test'; metadata: { webhookId: string; outcome: string } }
  | { type: 'audit-webhook-pause'; metadata: { webhookId: string; reason: WebhookPause } }
  | { type: 'audit-webhook-delete'; metadata: { webhookId: string; host: string } }
  | {
      type: 'invitation-create';
      metadata: {
        invitationId: string;
        email: string;
        role: Role;
        groupIds: readonly string[];
        expiresAt: string;
      };
    }
  | { type: 'invitation-renew'; metadata: { invitationId: string; email: string; expiresAt: string } }
  | { type: 'invitation-revoke'; metadata: { invitationId: string; email: string } }
  | {
      type: 'invitation-accept';
      metadata: { invitationId: string; userId: string; userEmail: string; role: Role; joined: boolean };
    }
  | { type: 'audit-prune'; metadata: { throughSequence: number; before: string } };

/**
 * The actor: a caller of the API, a member at their own sign-in, the organization's identity provider, or the server.
 */
export type AuditActor =
  | { type: 'user'; metadata: { userId: string; email: string; authMethod: string } }
  | { type: 'identity'; metadata: { identityId: string; name: string } }
  | { type: 'identity-provider'; metadata: { issuer: string } }
  | { type: 'anonymous'; metadata: Record<string, never> }
  | { type: 'server'; metadata: Record<string, never> };
