import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { LimitClass } from '../contract/route.ts';
import type { Clock } from '../kernel/clock.ts';
import { networksOf } from './client-networks.ts';
import { createRateCounter } from './rate-counter.ts';

const windowSeconds = 60;

/** The settings: requests per minute; 0 switches a limit off. */
interface LimitsPerMinute {
  /** Of one session or machine identity, for all authenticated requests together. */
  readonly rateLimitCaller: number;
  readonly rateLimitRead: number;
  readonly rateLimitWrite: number;
  readonly rateLimitAuth: number;
  readonly rateLimitSignIn: number;
}

type LimitName = Exclude<LimitClass, 'none'> | 'caller';

/** A limit of requests per minute. All endpoints with the same name share a client's count. */
interface RateLimit {
  readonly name: LimitName;
  readonly requestsMax: number;
}

export type RateLimits = Readonly<Record<LimitClass | 'caller', RateLimit | false>>;

/** Counts a request of an authenticated caller, or of a client IP address. @throws `rate_limited` */
export interface RateLimiter {
  readonly countCaller: (actor: Actor, limit: RateLimit | false, reply: FastifyReply) => void;
  readonly countAddress: (request: FastifyRequest, limit: RateLimit | false, reply: FastifyReply) => void;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The limit per client IP address, which counts before anything else is checked. */
    rateLimit?: RateLimit | false;
  }
}

/**
 * Registers the limiter. Addresses and callers are counted apart, so that a flood of anonymous requests neither uses up
 * nor resets a caller's quota.
 */
export function registerRateLimits(app: FastifyInstance, clock: Clock): RateLimiter {
  const addresses = createRateCounter(clock, windowSeconds * 1000);
  const callers = createRateCounter(clock, windowSeconds * 1000);
  const limiter: RateLimiter = {
    countAddress: ({ ip }, limit, reply) => {
      if (limit !== false) answer(addresses.count(networksOf(ip).narrowest, limit), limit, reply);
    },
    countCaller: (actor, limit, reply) => {
      const key = actor.kind === 'user' ? `session ${actor.sessionId}` : `identity ${actor.identityId}`;
      if (limit !== false) answer(callers.count(key, limit), limit, reply);
    },
  };
  app.addHook('onRequest', (request, reply, done) => {
    limiter.countAddress(request, request.routeOptions.config?.rateLimit ?? false, reply);
    done();
  });
  return limiter;
}

/** The limit of each class of endpoint, and of authenticated callers. */
export function createRateLimits(perMinute: LimitsPerMinute): RateLimits {
  const limit = (name: LimitName, requestsMax: number): RateLimit | false =>
    requestsMax === 0 ? false : { name, requestsMax };
  return {
    caller: limit('caller', perMinute.rateLimitCaller),
    read: limit('read', perMinute.rateLimitRead),
    write: limit('write', perMinute.rateLimitWrite),
    auth: limit('auth', perMinute.rateLimitAuth),
    signIn: limit('signIn', perMinute.rateLimitSignIn),
    none: false,
  };
}

// The fields of draft-ietf-httpapi-ratelimit-headers-10. A request that two limits count has two items in each.
function answer(
  { isExceeded, remaining, resetMs }: ReturnType<ReturnType<typeof createRateCounter>['count']>,
  { name, requestsMax }: RateLimit,
  reply: FastifyReply,
): void {
  const resetSeconds = Math.ceil(resetMs / 1000);
  addItem(reply, 'ratelimit-policy', `"${name}";q=${requestsMax};w=${windowSeconds}`);
  addItem(reply, 'ratelimit', `"${name}";r=${remaining};t=${resetSeconds}`);
  if (!isExceeded) return;
  reply.header('retry-after', resetSeconds);
  throw appError('rate_limited');
}

function addItem(reply: FastifyReply, field: string, item: string): void {
  const before = reply.getHeader(field);
  reply.header(field, before === undefined ? item : `${String(before)}, ${item}`);
}
