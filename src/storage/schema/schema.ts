import type {
  ApplicationOrganizationsTable,
  ApplicationResourcesTable,
  ApplicationSecretsTable,
  ApplicationSessionsTable,
  ApplicationsTable,
  ApplicationTokensTable,
} from './application-schema.ts';
import type { AuditEventsTable, AuditHeadsTable, AuditKeysTable, AuditWebhooksTable } from './audit-schema.ts';
import type { ClientKeysTable, ConnectionsTable } from './connection-schema.ts';
import type {
  DeletedOrganizationsTable,
  GroupMembershipsTable,
  GroupsTable,
  MembershipsTable,
  OrganizationsTable,
  RelinkableIssuersTable,
  UserIdentitiesTable,
  UsersTable,
} from './directory-schema.ts';
import type { EmailDomainsTable, OperatorDomainsTable } from './email-domain-schema.ts';
import type { InvitationsTable, MailOutboxTable } from './invitation-schema.ts';
import type { LoginAttemptsTable, RefusedLoginAttemptCountsTable } from './login-attempt-schema.ts';
import type {
  ClientSecretsTable,
  MachineIdentitiesTable,
  MachineTokensTable,
  UniversalAuthFailuresTable,
  UniversalAuthsTable,
} from './machine-schema.ts';
import type { DataKeySealsTable, DataKeysTable, ServerStateTable, SigningKeysTable } from './server-schema.ts';
import type {
  BreakGlassCodesTable,
  EmergencyUseReadersTable,
  EmergencyUsesTable,
  KnownNetworksTable,
  PasswordAttemptCountsTable,
  SessionsTable,
} from './session-schema.ts';

/**
 * The rows of every table, the same on both engines. Names are those of the database; `migrations/first-schema/` says
 * what a row is. `*_at` is milliseconds since the Unix epoch, a boolean is a `Bit`, and `sealed_*` is sealed with a data
 * key.
 */
export interface Schema {
  server_state: ServerStateTable;
  data_keys: DataKeysTable;
  data_key_seals: DataKeySealsTable;
  signing_keys: SigningKeysTable;

  organizations: OrganizationsTable;
  deleted_organizations: DeletedOrganizationsTable;
  users: UsersTable;
  memberships: MembershipsTable;
  user_identities: UserIdentitiesTable;
  relinkable_issuers: RelinkableIssuersTable;
  groups: GroupsTable;
  group_memberships: GroupMembershipsTable;

  email_domains: EmailDomainsTable;
  operator_domains: OperatorDomainsTable;

  machine_identities: MachineIdentitiesTable;
  universal_auths: UniversalAuthsTable;
  universal_auth_failures: UniversalAuthFailuresTable;
  client_secrets: ClientSecretsTable;
  machine_tokens: MachineTokensTable;

  connections: ConnectionsTable;
  client_keys: ClientKeysTable;

  applications: ApplicationsTable;
  application_organizations: ApplicationOrganizationsTable;
  application_secrets: ApplicationSecretsTable;
  application_resources: ApplicationResourcesTable;
  application_sessions: ApplicationSessionsTable;
  application_tokens: ApplicationTokensTable;

  sessions: SessionsTable;
  password_attempt_counts: PasswordAttemptCountsTable;
  known_networks: KnownNetworksTable;
  break_glass_codes: BreakGlassCodesTable;
  emergency_uses: EmergencyUsesTable;
  emergency_use_readers: EmergencyUseReadersTable;

  login_attempts: LoginAttemptsTable;
  refused_login_attempt_counts: RefusedLoginAttemptCountsTable;

  invitations: InvitationsTable;
  mail_outbox: MailOutboxTable;

  audit_events: AuditEventsTable;
  audit_heads: AuditHeadsTable;
  audit_keys: AuditKeysTable;
  audit_webhooks: AuditWebhooksTable;
}
