import type { Fact } from '../contract/attempt-facts.ts';
import type { Actor } from '../contract/actor.ts';
import { parseEmailAddress } from '../contract/email-address.ts';
import { appError } from '../contract/errors.ts';
import type { AttemptOutcome, LoginAttempt, LoginAttemptSummary } from '../contract/login-attempts.ts';
import { type Page, pageOf } from '../contract/page.ts';
import { requireMoment } from '../http/moment.ts';
import { requireAccess } from '../access/read-access.ts';
import { isIdentifier } from '../contract/identifier.ts';
import type { Database } from '../storage/database.ts';
import { describeGroups, describeProvisioning, describeRoute, explainAttempt, knownCode } from './explain-attempt.ts';
import {
  type AttemptFilter,
  type AttemptWithAddress,
  countAttempts,
  countOmitted,
  findMemberId,
  findRecord,
  listAttempts,
} from './queries.ts';
import { decodeRecord, type StoredRecord } from './stored-record.ts';
import { errorText, textOf } from '../texts/text-of.ts';
import type { RecordedStep } from './packed-step.ts';

/** Which attempts a caller wants to see. */
export interface AttemptQuestion extends Partial<Page> {
  readonly organizationId?: string;
  readonly outcome?: AttemptOutcome;
  readonly code?: string;
  readonly userId?: string;
  readonly email?: string;
  readonly startDate?: string;
  readonly endDate?: string;
}

const access = { subject: 'sso', action: 'read' } as const;

/**
 * Returns a page of an organization's sign-in attempts, newest first.
 *
 * @throws as `requireAccess`, or `validation_failed`
 */
export async function listLoginAttempts(
  { database: { db } }: { database: Database },
  actor: Actor,
  { organizationId, ...question }: AttemptQuestion,
): Promise<{ loginAttempts: LoginAttemptSummary[]; totalCount: number; omittedCount: number }> {
  const { id } = await requireAccess({ db }, actor, { organizationId, ...access });
  const { outcome, code } = question;
  const fromMs = requireMoment('startDate', question.startDate)?.firstMs;
  const toMs = requireMoment('endDate', question.endDate)?.lastMs;
  const omittedCount = await countOmitted(db, { organizationId: id, fromMs, toMs });
  const asked = question.userId !== undefined || question.email !== undefined;
  const userId = await findUserId(question, (emailKey) => findMemberId(db, id, emailKey));
  if (asked && userId === undefined) return { loginAttempts: [], totalCount: 0, omittedCount };
  const filter: AttemptFilter = { organizationId: id, outcome, code, userId, fromMs, toMs };
  const rows = await listAttempts(db, filter, pageOf(question));
  const loginAttempts = rows.map((row) => toSummary(row, decodeRecord(row.details)));
  return { loginAttempts, totalCount: await countAttempts(db, filter), omittedCount };
}

// If the caller gives both a user id and an e-mail address, they must belong to the same user.
async function findUserId(
  { userId, email }: AttemptQuestion,
  findByEmail: (emailKey: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  if (userId !== undefined && !isIdentifier(userId)) return undefined;
  if (email === undefined) return userId;
  const parsed = parseEmailAddress(email);
  const found = parsed.ok ? await findByEmail(parsed.address.key) : undefined;
  return userId === undefined || userId === found ? found : undefined;
}

/**
 * Returns the full record of one attempt.
 *
 * @throws as `requireAccess`, or `login_attempt_not_found`
 */
export async function readLoginAttempt(
  { database: { db } }: { database: Database },
  actor: Actor,
  { organizationId, attemptId }: { organizationId?: string; attemptId: string },
): Promise<LoginAttempt> {
  const { id } = await requireAccess({ db }, actor, { organizationId, ...access });
  const row = isIdentifier(attemptId) ? await findRecord(db, { organizationId: id, id: attemptId }) : undefined;
  if (row === undefined) throw appError('login_attempt_not_found');
  const record = decodeRecord(row.details);
  return {
    ...toSummary(row, record),
    organizationId: id,
    route: record === undefined ? null : describeRoute(record),
    steps: (record?.steps ?? []).map(describeStep),
    provisioning: record === undefined ? null : describeProvisioning(record, knownCode(row.code)),
    groups: record === undefined ? null : describeGroups(record),
  };
}

function describeStep({ name, outcome, durationMs, expected, found }: RecordedStep): LoginAttempt['steps'][number] {
  return {
    name,
    outcome,
    ...(expected === undefined
      ? {}
      : { expected: textOf('en', 'facts', expected), expectedFact: describeFact(expected) }),
    ...(found === undefined ? {} : { found: textOf('en', 'facts', found), foundFact: describeFact(found) }),
    durationMs,
  };
}

function describeFact({ code, ...parameters }: Fact) {
  return { code, parameters };
}

function toSummary(row: AttemptWithAddress, record: StoredRecord | undefined): LoginAttemptSummary {
  const code = knownCode(row.code);
  return {
    id: row.id,
    outcome: row.outcome,
    code: row.code,
    message: code === undefined ? null : errorText(code),
    startedAt: new Date(row.created_at).toISOString(),
    finishedAt: row.finished_at === null ? null : new Date(row.finished_at).toISOString(),
    durationMs: row.finished_at === null ? null : row.finished_at - row.created_at,
    userId: row.user_id,
    email: row.user_email,
    ipAddress: record?.ipAddress ?? '',
    userAgent: record?.userAgent ?? '',
    explanation: explainAttempt(row, record),
  };
}
