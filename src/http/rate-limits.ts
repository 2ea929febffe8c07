import rateLimit, { type RateLimitOptions } from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';

import { appError } from '../contract/errors.ts';
import type { LimitClass } from '../contract/route.ts';
import type { Clock } from '../kernel/clock.ts';
import { networksOf } from './client-networks.ts';
import { createRateLimitStore } from './rate-limit-store.ts';

/** Requests that one client may make in a minute, for each class; 0 switches a class's limit off. */
export interface LimitsPerMinute {
  readonly read: number;
  readonly write: number;
  readonly auth: number;
  readonly signIn: number;
}

export type RateLimits = Readonly<Record<LimitClass, RateLimitOptions | false>>;

/** Registers the limiter; routes that name no class have no limit. */
export async function registerRateLimits(app: FastifyInstance, clock: Clock): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    store: createRateLimitStore(clock),
    keyGenerator: (request) => networksOf(request.ip).narrowest,
    errorResponseBuilder: () => appError('rate_limited'),
  });
}

/** The limiter's options for each class of endpoint. All endpoints of a class share a client's count. */
export function createRateLimits(perMinute: LimitsPerMinute): RateLimits {
  const limit = (name: keyof LimitsPerMinute): RateLimitOptions | false =>
    perMinute[name] === 0 ? false : { max: perMinute[name], timeWindow: 60_000, groupId: name };
  return { read: limit('read'), write: limit('write'), auth: limit('auth'), signIn: limit('signIn'), none: false };
}
