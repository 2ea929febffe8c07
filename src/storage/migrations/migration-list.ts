import type { Migration } from 'kysely/migration';

import type { Engine } from '../database.ts';
import { firstSchema } from './0001-first-schema.ts';
import { membershipIndexes } from './0002-membership-indexes.ts';
import { emergencyAccess } from './0003-emergency-access.ts';
import { emailDomains } from './0004-email-domains.ts';
import { auditChain } from './0006-audit-chain.ts';
import { connectionOptions } from './0008-connection-options.ts';
import { rotatedKeys } from './0007-rotated-keys.ts';
import { loginAttemptRecords } from './0009-login-attempt-records.ts';
import { admission } from './0010-admission.ts';
import { auditWebhooks } from './0011-audit-webhooks.ts';
import { tokenOrigin } from './0012-token-origin.ts';
import { deletedOrganizations } from './0035-deleted-organizations.ts';
import { directoryIndexes } from './0015-directory-indexes.ts';
import { limitedMail } from './0014-limited-mail.ts';
import { grants } from './0023-grants.ts';
import { mailboxes } from './0024-mailboxes.ts';
import { mailAddresses } from './0016-mail-addresses.ts';
import { knownNetworks } from './0017-known-networks.ts';
import { lockoutByNetwork } from './0018-lockout-by-network.ts';
import { clientCertificates } from './0032-client-certificates.ts';
import { pinnedIssuer } from './0029-pinned-issuer.ts';
import { relinking } from './0013-relinking.ts';
import { spentRefreshTokens } from './0026-spent-refresh-tokens.ts';
import { signInOnward } from './0027-sign-in-onward.ts';
import { housekeepingIndexes } from './0038-housekeeping-indexes.ts';

/** Every migration, by the name that a database remembers it by. They run in the order of their names, each once. */
export function migrationsFor(engine: Engine): Record<string, Migration> {
  return {
    '0001-first-schema': { up: (db) => firstSchema(db, engine) },
    '0002-membership-indexes': { up: membershipIndexes },
    '0003-emergency-access': { up: (db) => emergencyAccess(db, engine) },
    '0004-email-domains': { up: (db) => emailDomains(db, engine) },
    '0006-audit-chain': { up: (db) => auditChain(db, engine) },
    '0007-rotated-keys': { up: (db) => rotatedKeys(db, engine) },
    '0008-connection-options': { up: (db) => connectionOptions(db, engine) },
    '0009-login-attempt-records': { up: (db) => loginAttemptRecords(db, engine) },
    '0010-admission': { up: (db) => admission(db, engine) },
    '0011-audit-webhooks': { up: (db) => auditWebhooks(db, engine) },
    '0012-token-origin': { up: tokenOrigin },
    '0013-relinking': { up: (db) => relinking(db, engine) },
    '0014-limited-mail': { up: (db) => limitedMail(db, engine) },
    '0015-directory-indexes': { up: directoryIndexes },
    '0016-mail-addresses': { up: (db) => mailAddresses(db, engine) },
    '0017-known-networks': { up: (db) => knownNetworks(db, engine) },
    '0018-lockout-by-network': { up: (db) => lockoutByNetwork(db, engine) },
    '0023-grants': { up: (db) => grants(db, engine) },
    '0024-mailboxes': { up: (db) => mailboxes(db, engine) },
    '0026-spent-refresh-tokens': { up: spentRefreshTokens },
    '0027-sign-in-onward': { up: signInOnward },
    '0029-pinned-issuer': { up: pinnedIssuer },
    '0032-client-certificates': { up: clientCertificates },
    '0035-deleted-organizations': { up: (db) => deletedOrganizations(db, engine) },
    '0038-housekeeping-indexes': { up: housekeepingIndexes },
  };
}
