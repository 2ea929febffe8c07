import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify';
import type { Static, TSchema } from 'typebox';

import type { Actor, MachineActor, ClientInfo, UserActor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { bodyBytesMax } from '../contract/limits.ts';
import type { Access, RouteContract } from '../contract/route.ts';
import { type Authenticated, type Authenticate, checkBearer } from './bearer-check.ts';
import { boundList } from './bound-list.ts';
import type { RateLimiter, RateLimits } from './rate-limits.ts';
import { readClientInfo } from './client-info.ts';
import { createValidators, type Validate, validationError } from './validation.ts';

type Part<R, Name extends string> = R extends Record<Name, infer Schema extends TSchema> ? Static<Schema> : undefined;

type ActorFor<A extends Access> = A extends 'public'
  ? undefined
  : A extends 'user'
    ? UserActor
    : A extends 'machine'
      ? MachineActor
      : Actor;

/** A request that passed the access check and the schemas, and the reply for headers and cookies. */
export interface Call<R extends RouteContract> {
  readonly params: Part<R, 'params'>;
  readonly query: Part<R, 'query'>;
  readonly body: Part<R, 'body'>;
  readonly actor: ActorFor<R['access']>;
  readonly clientInfo: ClientInfo;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Connects one endpoint of the contract with its use case. */
export type Mount = <R extends RouteContract>(
  route: R,
  handler: (call: Call<R>) => Promise<Part<R, 'response'>>,
) => void;

interface MountDeps {
  readonly authenticate: Authenticate;
  readonly limits: RateLimits;
  readonly limiter: RateLimiter;
  /** Handles an error of a handler. If it returns true, the cause is removed and the handler runs once more. */
  readonly prepareRetry?: (
    thrown: unknown,
    by: { actor: Actor | undefined; clientInfo: ClientInfo },
  ) => Promise<boolean>;
}

/**
 * Makes the function that mounts endpoints. Each gets, in this order: its rate limit, the guard for its kind of
 * caller (before the body is read, and again after it, which may have taken a while), its schemas, and a serialiser that
 * sends declared fields only.
 */
export function createMount(app: FastifyInstance, deps: MountDeps): Mount {
  const { limits, prepareRetry = async () => false } = deps;
  const validators = createValidators();
  return (route, handler) => {
    const validateParams = compile(route.params, validators.forQuery);
    const validateQuery = compile(route.query, validators.forQuery);
    const validateBody = compile(route.body, validators.forBody);
    const checks = new WeakMap<FastifyRequest, Authenticated>();
    const actors = new WeakMap<FastifyRequest, Actor>();
    const options: RouteShorthandOptions = {
      bodyLimit: bodyBytesMax,
      schema: route.response === undefined ? {} : { response: { 200: route.response } },
      config: { rateLimit: countsAddressFirst(route) ? limits[route.limit] : false },
    };
    const { access } = route;
    if (access !== 'public') {
      options.preParsing = async (request, reply) => {
        checks.set(request, await checkCounted(route, deps, { request, reply }));
      };
      options.preHandler = async (request) => {
        const authenticated = checks.get(request);
        if (authenticated === undefined) throw appError('token_invalid');
        actors.set(request, hasBody(request) ? await authenticated.judgeAgain() : authenticated.actor);
      };
    }
    app.route({
      ...options,
      method: route.method,
      url: route.url,
      handler: async (request, reply) => {
        const ignored: string[] = [];
        const issues = [
          ...validateParams(request.params),
          ...validateQuery(request.query, ignored),
          ...validateBody(request.body, ignored),
        ];
        if (issues.length > 0) throw validationError(issues);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schemas have vouched for the parts, the guard for the actor
        const call = {
          params: request.params,
          query: request.query,
          body: request.body,
          actor: actors.get(request),
          clientInfo: originOf(request, route, ignored),
          request,
          reply,
        } as unknown as Call<typeof route>;
        reply.header('cache-control', 'no-store');
        const page = { route, query: request.query, reply };
        try {
          return boundList(await handler(call), page);
        } catch (thrown) {
          if (!(await prepareRetry(thrown, { actor: actors.get(request), clientInfo: call.clientInfo }))) throw thrown;
          return boundList(await handler(call), page);
        }
      },
    });
  };
}

// The token decides who is counted. A forged one counts for its address, so it cannot use up a caller's quota.
async function checkCounted(
  route: RouteContract,
  { authenticate, limits, limiter }: MountDeps,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<Authenticated> {
  let caller: Authenticated | undefined;
  try {
    return await checkBearer(request, route, async (token, clientInfo) => {
      caller = await authenticate(token, clientInfo);
      if (route.limit !== 'none') limiter.countCaller(caller.actor, limits.caller, reply);
      return caller;
    });
  } catch (thrown) {
    if (caller === undefined && !countsAddressFirst(route)) limiter.countAddress(request, limits[route.limit], reply);
    throw thrown;
  }
}

// What can be guessed is limited per address, whatever token the request has.
function countsAddressFirst({ access, limit }: RouteContract): boolean {
  return access === 'public' || limit === 'auth';
}

// The entry of a change lists what was ignored. A stranger writes nothing of that kind into a trail.
function originOf(request: FastifyRequest, { method, access }: RouteContract, ignored: readonly string[]): ClientInfo {
  const clientInfo = readClientInfo(request);
  const isChange = method !== 'GET' && access !== 'public' && ignored.length > 0;
  return isChange ? { ...clientInfo, ignoredFields: ignored } : clientInfo;
}

// A body may take half a minute to arrive, in which the token may end. Without one, nothing was waited for.
function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function compile(schema: TSchema | undefined, compiler: (schema: TSchema) => Validate): Validate {
  return schema === undefined ? () => [] : compiler(schema);
}
