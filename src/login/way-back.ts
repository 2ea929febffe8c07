import type { ErrorCode } from '../contract/errors.ts';
import { applicationPagePath, loginErrorPath, loginRoutes } from '../contract/login.ts';
import { findOrganization } from '../access/queries.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Db } from '../storage/database.ts';
import { isRequestId } from '../openid-provider/application-request.ts';
import type { Attempt } from './attempt.ts';
import { type ContinuationParts, partsOf } from './continuation.ts';
import type { Fields } from './form-fields.ts';
import { isCallbackPort } from './callback-port.ts';
import type { Site } from './login-deps.ts';
import { passedOnHref } from './pages/passed-on.ts';
import { checkReturnTo } from './return-to.ts';

/** What is needed to start a failed sign-in again: the organization and the target. */
export interface WayBack extends ContinuationParts {
  readonly orgSlug?: string | undefined;
}

/** The organization and the target of an attempt. */
export async function wayBackOf(
  db: Db,
  { organizationId, continuation }: Pick<Attempt, 'organizationId' | 'continuation'>,
): Promise<WayBack> {
  const organization = await findOrganization(db, asId<OrganizationId>(organizationId));
  return { orgSlug: organization?.slug, ...partsOf(continuation) };
}

/** The page of a failed sign-in, with these parameters in its query. */
export function errorHref(code: ErrorCode, attemptId: string | undefined, way: WayBack = {}): string {
  const query = new URLSearchParams(attemptId === undefined ? { code } : { attempt: attemptId });
  addWay(query, way);
  return `${loginErrorPath}?${query.toString()}`;
}

/**
 * Reads the parameters from the query of that page. Anyone can write such a query, so each part is used only if the
 * start of a sign-in would accept it: `returnTo` is of this site or an allowed web origin, and the slug is valid.
 */
export function readWayBack(fields: Fields, site: Site): WayBack {
  const { orgSlug = '', returnTo = '', callbackPort = '', requestId = '' } = fields;
  return {
    ...(slugPattern.test(orgSlug) ? { orgSlug } : {}),
    returnTo: checkReturnTo(returnTo, { site: site.webOrigin, allowedOrigins: site.returnToWebOrigins }),
    ...(isCallbackPort(callbackPort) ? { callbackPort: Number(callbackPort) } : {}),
    ...(isRequestId(requestId) ? { requestId } : {}),
  };
}

const slugPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

/**
 * The link of "Try again": to the organization's provider if the organization is known, otherwise to the sign-in page.
 */
export function retryHref(way: WayBack): string {
  if (way.requestId !== undefined) return `${applicationPagePath}/${way.requestId}`;
  if (way.orgSlug === undefined) return passedOnHref('/login', way);
  const query = new URLSearchParams();
  addWay(query, way);
  return `${loginRoutes.startSignIn.url}?${query.toString()}`;
}

function addWay(query: URLSearchParams, { orgSlug, returnTo, callbackPort, requestId }: WayBack): void {
  if (orgSlug !== undefined) query.set('orgSlug', orgSlug);
  if (returnTo !== undefined) query.set('returnTo', returnTo);
  if (callbackPort !== undefined) query.set('callbackPort', String(callbackPort));
  if (requestId !== undefined) query.set('requestId', requestId);
}
