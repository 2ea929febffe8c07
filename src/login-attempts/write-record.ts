import type { Fact, FailureFacts } from '../contract/attempt-facts.ts';
import type { ClientInfo } from '../contract/actor.ts';
import { attemptGroupsNamedMax } from '../contract/limits.ts';
import type { AttemptRoute } from '../contract/login-attempts.ts';
import type { KnownError } from '../contract/errors.ts';
import type { GroupPlan } from '../group-sync/rules.ts';
import type { AttemptTrace } from '../oidc/attempt-trace.ts';
import type { GroupsClaim } from '../oidc/identity/groups-claim.ts';
import type { VerifiedIdentity } from '../oidc/identity/verified-identity.ts';
import type { Account } from '../provisioning/sign-in.ts';
import { failedStep, failureFacts } from './failure-facts.ts';
import { cutText } from './packed-step.ts';
import { encode, encodeRecord, type StoredGroups } from './stored-record.ts';

/** What the record of any attempt needs, however the attempt ended. */
export interface AttemptSoFar {
  readonly by: AttemptRoute | undefined;
  readonly revision: number;
  readonly clientInfo: ClientInfo;
  readonly trace: AttemptTrace;
  /** The attempt's own secrets. They must not get into the record, even if an identity provider repeats them. */
  readonly secrets: readonly string[];
}

/** The record of a sign-in that was refused: the steps before the failure, and the one that failed. */
export function refusalRecord({ trace, secrets, ...attempt }: AttemptSoFar, error: KnownError): string {
  const facts = failureFacts(error);
  const failed = {
    name: failedStep(error),
    outcome: 'failed',
    durationMs: trace.sinceLastMs(),
    expected: facts.expected ?? expectedOf(facts),
    found: facts.found ?? foundOf(facts, error),
  } as const;
  const account = facts.step === 'provisioning' ? { account: { decision: 'refused', changedFields: [] } as const } : {};
  return encodeRecord({ ...common(attempt), ...facts, ...account, steps: [...trace.steps, failed] }, secrets);
}

/** What the log may show of an error: everything that was found, without the attempt's own secrets. */
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

function expectedOf({ claim }: FailureFacts): Fact | undefined {
  return claim === undefined ? undefined : { code: 'claim', claim };
}

// Most errors name what was found. For the others the record shows the most precise fact that there is.
function foundOf(facts: FailureFacts, { code }: KnownError): Fact {
  const { state, error, errorDescription: description, domain, reason, status, library } = facts;
  if (state !== undefined) return { code: 'claim_state', state };
  if (error !== undefined) {
    return { code: 'provider_error', error, ...(description === undefined ? {} : { description }) };
  }
  if (domain !== undefined) return { code: 'domain', domain };
  if (reason !== undefined) return { code: 'reason', reason };
  return status === undefined ? { code: 'error', error: library ?? code } : { code: 'status', status };
}

function toStoredGroups(claim: GroupsClaim, plan: GroupPlan | undefined): StoredGroups {
  const isSet = plan?.kind === 'set';
  const added = shownNames(isSet ? plan.add : []);
  const removed = shownNames(isSet ? plan.remove : []);
  return {
    isManaged: plan !== undefined,
    named: claim.state === 'present' ? claim.names.length : 0,
    unmatched: isSet ? plan.unmatched : null,
    added: added.names,
    ...(added.more > 0 ? { addedMore: added.more } : {}),
    removed: removed.names,
    ...(removed.more > 0 ? { removedMore: removed.more } : {}),
    ...(isSet && plan.byAbsence === true ? { byAbsence: true } : {}),
    ...(isSet && plan.kept !== undefined ? { kept: shownName(plan.kept) } : {}),
  };
}

function shownNames(groups: readonly { readonly name: string }[]): { names: string[]; more: number } {
  const names = groups.slice(0, attemptGroupsNamedMax).map(shownName);
  return { names, more: groups.length - names.length };
}

const groupNameShownMax = 64;

function shownName({ name }: { readonly name: string }): string {
  return cutText(name, groupNameShownMax);
}
