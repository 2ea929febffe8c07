import type { ClientInfo } from '../contract/actor.ts';
import { attemptGroupsNamedMax } from '../contract/limits.ts';
import type { AttemptRoute } from '../contract/login-attempts.ts';
import type { KnownError } from '../contract/errors.ts';
import type { GroupPlan } from '../group-sync/rules.ts';
import type { AttemptTrace } from '../oidc/attempt-trace.ts';
import type { GroupsClaim } from '../oidc/identity/groups-claim.ts';
import type { VerifiedIdentity } from '../oidc/identity/verified-identity.ts';
import type { Account } from '../provisioning/sign-in.ts';
import { failedStep, failureFacts, ownWords } from './failure-facts.ts';
import { encode, encodeRecord, type StoredGroups } from './stored-record.ts';

/** What the record of any attempt needs, however it ended. */
export interface AttemptSoFar {
  readonly by: AttemptRoute | undefined;
  readonly revision: number;
  readonly clientInfo: ClientInfo;
  readonly trace: AttemptTrace;
  /** What must not get into the record, whoever said it: the attempt's own secrets. */
  readonly secrets: readonly string[];
}

/** The record of a sign-in that was refused: the steps until then, and the one that failed. */
export function refusalRecord({ trace, secrets, ...attempt }: AttemptSoFar, error: KnownError): string {
  const facts = failureFacts(error);
  const { expected, found } = factsOfStep(facts, error);
  const failed = {
    name: failedStep(error),
    outcome: 'failed',
    durationMs: trace.sinceLastMs(),
    expected,
    found,
  } as const;
  const account = facts.step === 'provisioning' ? { account: { decision: 'refused', changedFields: [] } as const } : {};
  return encodeRecord({ ...common(attempt), ...facts, ...account, steps: [...trace.steps, failed] }, secrets);
}

/** What the log may tell of an error: all that was found, without the attempt's own secrets. */
export function loggedFacts({ meta }: KnownError, { secrets }: AttemptSoFar): unknown {
  return JSON.parse(encode(meta, secrets));
}

/** The record of a sign-in that succeeded. */
export function successRecord(
  { trace, secrets, ...attempt }: AttemptSoFar,
  { identity, account, groups }: { identity: VerifiedIdentity; account: Account; groups: GroupPlan | undefined },
): string {
  const record = {
    ...common(attempt),
    steps: trace.steps,
    account: { decision: account.outcome, changedFields: account.changed },
    groupsClaim: identity.groups.state,
    groups: toStoredGroups(identity.groups, groups),
  };
  return encodeRecord(record, secrets);
}

function common({ by, revision, clientInfo }: Omit<AttemptSoFar, 'trace' | 'secrets'>) {
  return { by, revision, ipAddress: clientInfo.ipAddress, userAgent: clientInfo.userAgent };
}

// Most errors name what was expected and found; of the others the closest thing to it is told.
function factsOfStep(facts: ReturnType<typeof failureFacts>, { code }: KnownError) {
  const found =
    facts.found ??
    facts.state ??
    ownWords(facts) ??
    facts.domain ??
    facts.reason ??
    facts.status ??
    facts.library ??
    code;
  return { expected: (facts.expected ?? facts.claim)?.toString(), found: String(found) };
}

function toStoredGroups(claim: GroupsClaim, plan: GroupPlan | undefined): StoredGroups {
  const isSet = plan?.kind === 'set';
  return {
    isManaged: plan !== undefined,
    named: claim.state === 'present' ? claim.names.length : 0,
    unmatched: isSet ? plan.unmatched : null,
    added: isSet ? shownNames(plan.add) : [],
    removed: isSet ? shownNames(plan.remove) : [],
    ...(isSet && plan.byAbsence === true ? { byAbsence: true } : {}),
    ...(isSet && plan.kept !== undefined ? { kept: shownName(plan.kept) } : {}),
  };
}

function shownNames(groups: readonly { readonly name: string }[]): string[] {
  const shown = groups.slice(0, attemptGroupsNamedMax).map(shownName);
  return groups.length > shown.length ? [...shown, `and ${groups.length - shown.length} more`] : shown;
}

const groupNameShownMax = 64;

function shownName({ name }: { readonly name: string }): string {
  return name.length > groupNameShownMax ? `${name.slice(0, groupNameShownMax - 1)}…`.toWellFormed() : name;
}
