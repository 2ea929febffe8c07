import type { FastifyRequest } from 'fastify';

import type { ClientInfo } from '../contract/actor.ts';
import { userAgentLengthMax } from '../contract/limits.ts';

/** Where a request came from. Forwarded headers count only if a trusted proxy sent them. */
export function readClientInfo(request: FastifyRequest): ClientInfo {
  const userAgent = (request.headers['user-agent'] ?? '').slice(0, userAgentLengthMax);
  return { ipAddress: request.ip, userAgent: userAgent.toWellFormed() };
}
