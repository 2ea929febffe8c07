import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { ClientInfo } from '../contract/actor.ts';
import { parseEmailAddress } from '../contract/email-address.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId, type UserId } from '../contract/ids.ts';
import type { BootstrapBody, BootstrapResult } from '../contract/server.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { addMember } from '../memberships/add-member.ts';
import { addOrganization } from '../organizations/add-organization.ts';
import { toBit } from '../storage/schema/codecs.ts';
import type { Tx } from '../storage/database.ts';
import type { AccessTokens } from '../signing-keys/access-tokens.ts';
import { recordMachineToken, signMachineToken } from '../machine-login/machine-tokens.ts';
import { networksOf } from '../http/client-networks.ts';
import type { Passwords } from '../users/password.ts';
import { insertUser } from '../users/queries.ts';
import { claimBootstrap, insertInstanceAdmin, isBootstrapped } from './queries.ts';

export interface BootstrapDeps {
  readonly database: AuditedDatabase;
  readonly accessTokens: AccessTokens;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
  readonly vouchedSlugs: ReadonlySet<string>;
  readonly passwords: Passwords;
}

/** The first token has the default lifetime of a machine identity's tokens. */
const firstTokenSeconds = 2_592_000;
const identityName = 'Instance admin';

/**
 * Sets an empty server up in one transaction.
 *
 * @throws `already_bootstrapped` on any later call, and `validation_failed` for an invalid address.
 */
export async function bootstrapServer(
  deps: BootstrapDeps,
  body: BootstrapBody,
  clientInfo: ClientInfo,
): Promise<BootstrapResult> {
  if (await isBootstrapped(deps.database.db)) throw appError('already_bootstrapped');
  const parsed = parseEmailAddress(body.email);
  if (!parsed.ok) {
    const issue = { path: 'email', code: 'email', message: 'must be an e-mail address' };
    throw appError('validation_failed', { meta: { issues: [issue] } });
  }
  const passwordHash = await deps.passwords.gate.run({ key: networksOf(clientInfo.ipAddress).widest }, async () => {
    // Checked again, so that concurrent callers do not hash a password for nothing.
    if (await isBootstrapped(deps.database.db)) throw appError('already_bootstrapped');
    return deps.passwords.hash(body.password);
  });
  const made = await deps.database.transaction(async (tx) => {
    if (!(await claimBootstrap(tx, new Date(deps.clock.nowMs()).toISOString()))) throw appError('already_bootstrapped');
    // The caller becomes the instance admin, so they may choose any slug.
    const wanted = { name: body.organization, vouchedSlug: 'given-or-derived' } as const;
    const organization = await addOrganization(deps, tx, wanted);
    const organizationId = organization.id;
    const user = await addAdmin(deps, tx, {
      organizationId,
      email: parsed.address.text,
      emailKey: parsed.address.key,
      passwordHash,
    });
    const token = await addInstanceIdentity(deps, tx, organizationId);
    await deps.audit(tx, {
      organizationId,
      actor: { type: 'server', metadata: {} },
      event: { type: 'server-bootstrap', metadata: { organizationName: organization.name } },
      clientInfo,
    });
    return { organization, user, token };
  });
  const { accessToken } = signMachineToken(deps.accessTokens, made.token.tokenId, made.token);
  const { organization } = made;
  return {
    message: 'The server is set up.',
    identity: { id: made.token.identityId, name: identityName, credentials: { token: accessToken } },
    organization: { id: organization.id, name: organization.name, slug: organization.slug },
    user: made.user,
  };
}

async function addAdmin(
  deps: BootstrapDeps,
  tx: Tx,
  {
    organizationId,
    email,
    emailKey,
    passwordHash,
  }: { organizationId: OrganizationId; email: string; emailKey: string; passwordHash: string },
): Promise<BootstrapResult['user']> {
  const nowMs = deps.clock.nowMs();
  const id = asId<UserId>(deps.random.uuid());
  const firstName = email.split('@')[0] ?? '';
  const times = { created_at: nowMs, updated_at: nowMs };
  await insertUser(tx, {
    id,
    username: emailKey,
    email,
    email_key: emailKey,
    first_name: firstName,
    last_name: '',
    is_email_verified: toBit(true),
    is_instance_admin: toBit(true),
    password_hash: passwordHash,
    ...times,
  });
  await addMember(deps, tx, { organizationId, userId: id, emailKey, role: 'admin', source: 'bootstrap' });
  return { id, email, username: emailKey, firstName, lastName: '', superAdmin: true };
}

async function addInstanceIdentity(deps: BootstrapDeps, tx: Tx, organizationId: OrganizationId) {
  const identityId = deps.random.uuid();
  await insertInstanceAdmin(tx, { id: identityId, organizationId, name: identityName, nowMs: deps.clock.nowMs() });
  const token = {
    identityId,
    organizationId,
    clientSecretId: undefined,
    ttlSeconds: firstTokenSeconds,
    maxTtlSeconds: firstTokenSeconds,
    numUsesLimit: 0,
  };
  return { ...token, tokenId: await recordMachineToken(deps, tx, token) };
}
