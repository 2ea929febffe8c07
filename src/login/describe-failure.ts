import { type ErrorCode, errorTable } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { isIdentifier } from '../contract/identifier.ts';
import { findOrganization } from '../access/queries.ts';
import type { Db } from '../storage/database.ts';
import { findAttempt } from './queries.ts';
import { errorText } from '../texts/text-of.ts';

/** The content of the page of a failed sign-in: fixed texts, and the id of the attempt's record. */
export interface Failure {
  readonly status: number;
  readonly message: string;
  readonly attemptId?: string;
  readonly happenedAt?: Date;
  /** The organization of the attempt. */
  readonly orgSlug?: string | undefined;
}

// Codes that a link may name, because they have no attempt.
const codesWithoutAttempt: readonly ErrorCode[] = [
  'sign_in_unavailable',
  'attempt_missing',
  'attempt_finished',
  'return_to_refused',
  'return_to_too_long',
  'validation_failed',
  'storage_unavailable',
];

/** The failure of an attempt, or the one that a code names; otherwise a general text. */
export async function describeFailure(
  db: Db,
  { attempt, code }: { attempt: string | undefined; code: string | undefined },
): Promise<Failure> {
  const record = attempt === undefined || !isIdentifier(attempt) ? undefined : await findAttempt(db, attempt);
  if (record?.outcome === 'refused' && isErrorCode(record.code)) {
    const { status } = errorTable[record.code];
    const id = record.organization_id;
    const organization = id === null ? undefined : await findOrganization(db, asId<OrganizationId>(id));
    return {
      status: statusOfPage(status),
      message: errorText(record.code),
      attemptId: record.id,
      happenedAt: new Date(record.finished_at ?? record.created_at),
      orgSlug: organization?.slug,
    };
  }
  const named = codesWithoutAttempt.find((known) => known === code);
  if (named === undefined) return { status: 400, message: 'You could not be signed in. Start again.' };
  return { status: statusOfPage(errorTable[named].status), message: errorText(named) };
}

// The page describes a past failure, and anyone can open its URL. It is not a failure of the server.
function statusOfPage(status: number): number {
  return status >= 500 ? 200 : status;
}

function isErrorCode(code: string | null): code is ErrorCode {
  return code !== null && Object.hasOwn(errorTable, code);
}
