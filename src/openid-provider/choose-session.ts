import type { AuthenticationWanted } from './authorization-request.ts';

/** A live session of the browser that may use the application. */
export interface Candidate {
  readonly sessionId: string;
  readonly organizationId: string;
  /** When the user signed in here. */
  readonly signedInAtMs: number;
  /** When the identity provider authenticated the user, if it said so. */
  readonly authenticatedAtMs: number | null;
  readonly acr: string | null;
}

/** Which sessions a request can use, and what it asks of them. */
export interface SessionChoice {
  readonly candidates: readonly Candidate[];
  /** The only organization whose session may be used, if the request or a hint names one. */
  readonly organizationId: string | undefined;
  readonly wanted: AuthenticationWanted;
  /** When the request arrived first, if the user has been asked since. */
  readonly askedSinceMs: number | undefined;
  /** Whether the user has chosen the organization on our page. */
  readonly hasChosen: boolean;
  readonly nowMs: number;
}

/** What an authorization request does next. */
export type Decision =
  | { readonly kind: 'use'; readonly sessionId: string }
  | { readonly kind: 'choose' }
  | { readonly kind: 'sign-in' }
  /** The user has just signed in, and the identity provider did not do what the request asked for. */
  | { readonly kind: 'unmet'; readonly missing: 'authentication' | 'acr' };

/**
 * Chooses the session of an authorization request (OpenID Connect Core 1.0, section 3.1.2.3). A named organization
 * restricts: no session of another one is ever used. `prompt=login`, `max_age` and `acr_values` count only if the
 * identity provider did what they ask for.
 */
export function chooseSession(choice: SessionChoice): Decision {
  const { candidates, organizationId, wanted, hasChosen } = choice;
  const inOrganization = candidates.filter(
    (one) => organizationId === undefined || one.organizationId === organizationId,
  );
  const fresh = inOrganization.filter((one) => isFresh(one, choice));
  const [first, ...others] = fresh;
  if (first === undefined) return unmetBy(inOrganization, choice) ?? { kind: 'sign-in' };
  const mustChoose = others.length > 0 || (wanted.selectsAccount && !hasChosen);
  if (!mustChoose) return { kind: 'use', sessionId: first.sessionId };
  // The session that was just made is the user's choice.
  const [chosen] = fresh.filter((one) => isSince(one, choice));
  return chosen === undefined ? { kind: 'choose' } : { kind: 'use', sessionId: chosen.sessionId };
}

function isFresh(one: Candidate, choice: SessionChoice): boolean {
  const { wanted } = choice;
  if (wanted.signsInAgain && !wasAuthenticatedAgain(one, choice)) return false;
  return isYoungEnough(one, choice) && hasWantedAcr(one, wanted);
}

function isSince({ signedInAtMs }: Candidate, { askedSinceMs }: SessionChoice): boolean {
  return askedSinceMs !== undefined && signedInAtMs >= askedSinceMs;
}

// A click at an identity provider that keeps its session is no authentication: its `auth_time` says which it was.
function wasAuthenticatedAgain(one: Candidate, choice: SessionChoice): boolean {
  const { authenticatedAtMs } = one;
  const { askedSinceMs } = choice;
  if (!isSince(one, choice) || authenticatedAtMs === null || askedSinceMs === undefined) return false;
  return authenticatedAtMs + leewayMs >= askedSinceMs;
}

/** Clocks of an identity provider and of this server may differ by as much. */
const leewayMs = 60_000;

function isYoungEnough({ authenticatedAtMs }: Candidate, { wanted, nowMs }: SessionChoice): boolean {
  if (wanted.maxAgeSeconds === undefined) return true;
  return authenticatedAtMs !== null && nowMs - authenticatedAtMs <= wanted.maxAgeSeconds * 1000 + leewayMs;
}

function hasWantedAcr({ acr }: Candidate, { acrValues }: AuthenticationWanted): boolean {
  return acrValues.length === 0 || (acr !== null && acrValues.includes(acr));
}

function unmetBy(sessions: readonly Candidate[], choice: SessionChoice): Decision | undefined {
  const [made] = sessions.filter((one) => isSince(one, choice));
  if (made === undefined) return undefined;
  return { kind: 'unmet', missing: hasWantedAcr(made, choice.wanted) ? 'authentication' : 'acr' };
}
