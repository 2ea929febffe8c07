import {
  type ApiAnswer,
  type ApiRequest,
  failureOf,
  isRecord,
  isSuccess,
  problemOf,
  sendRequest,
} from './api-client.ts';
import { CliFailure } from './cli-failure.ts';
import type { CliWorld } from './cli-world.ts';
import type { Credentials } from './credentials.ts';
import { readTokenClaims } from './token-claims.ts';

/** The API of one server, with a login. */
export interface Connection {
  readonly site: string;
  readonly kind: Credentials['kind'];
  accessToken(): Promise<string>;
  /** Sends a request and returns the response, successful or not. */
  ask(path: string, request?: ApiRequest): Promise<ApiAnswer>;
  /** Sends a request and returns the body. @throws {CliFailure} when it is rejected. */
  call<Body>(path: string, request?: ApiRequest): Promise<Body>;
  /** The id of the organization that the command applies to. */
  organizationId(): Promise<string>;
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu;

/** Combines a server's API with credentials for it. `wanted` is the requested organization, if any. */
export function createConnection(world: CliWorld, credentials: Credentials, wanted: string | undefined): Connection {
  const { site, kind } = credentials;
  const send = async (token: string, path: string, request: ApiRequest) =>
    sendRequest(
      world,
      { site, path },
      { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } },
    );

  const ask = async (path: string, request: ApiRequest = {}): Promise<ApiAnswer> => {
    const answer = await send(await credentials.accessToken(), path, request);
    if (answer.status !== 403 || problemOf(answer).code !== 'token_invalid') return answer;
    const renewed = await credentials.renewed();
    return renewed === undefined ? answer : send(renewed, path, request);
  };
  const call = async <Body>(path: string, request: ApiRequest = {}): Promise<Body> => {
    const answer = await ask(path, request);
    if (!isSuccess(answer)) throw failureOf(answer);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the contract, which names the type, says what is answered
    return answer.body as Body;
  };
  let organization: Promise<string> | undefined;
  const find = async () =>
    wanted === undefined || wanted === ''
      ? ownOrganization({ call, credentials })
      : uuid.test(wanted)
        ? wanted
        : organizationBySlug({ call, ask, wanted });
  const { accessToken } = credentials;
  return { site, kind, accessToken, ask, call, organizationId: () => (organization ??= find()) };
}

type Call = Connection['call'];
type Ask = Connection['ask'];

interface OrganizationName {
  readonly id: string;
  readonly slug: string;
}

async function ownOrganization({ call, credentials }: { call: Call; credentials: Credentials }): Promise<string> {
  const known = readTokenClaims(await credentials.accessToken()).organizationId;
  if (credentials.organizationId !== undefined) return credentials.organizationId;
  if (known !== undefined) return known;
  if (credentials.kind === 'user') {
    throw new CliFailure('signIn', 'No organization is selected. Run: sallyport organization use <id-or-slug>');
  }
  return (await detailsOf(call)).id;
}

async function organizationBySlug({ call, ask, wanted }: { call: Call; ask: Ask; wanted: string }): Promise<string> {
  const { organizations } = await call<{ organizations: readonly OrganizationName[] }>('/api/v1/organization').catch(
    async (thrown: unknown) => {
      // A machine identity belongs to one organization and has no list of them.
      if (!(thrown instanceof CliFailure) || thrown.reason !== 'signIn') throw thrown;
      return { organizations: [await detailsOf(call)] };
    },
  );
  const found = organizations.find(({ slug }) => slug === wanted) ?? (await findAmongAll({ ask, wanted }));
  if (found !== undefined) return found.id;
  throw new CliFailure('failed', 'You have no organization with this slug. See: sallyport organization list');
}

// Instance admins can use every organization. Other callers get 403 and have only the organizations that were already
// searched.
async function findAmongAll({ ask, wanted }: { ask: Ask; wanted: string }): Promise<OrganizationName | undefined> {
  const answer = await ask('/api/v2/organizations', { query: { slug: wanted } });
  if (!isSuccess(answer) || !isRecord(answer.body)) return undefined;
  const { organizations } = answer.body;
  const [first]: readonly unknown[] = Array.isArray(organizations) ? organizations : [];
  return isRecord(first) && typeof first['id'] === 'string' ? { id: first['id'], slug: wanted } : undefined;
}

async function detailsOf(call: Call): Promise<OrganizationName> {
  const { identityDetails } = await call<{ identityDetails: { organization: OrganizationName } }>(
    '/api/v1/identities/details',
  );
  return identityDetails.organization;
}
