import type { FastifyRequest } from 'fastify';

import { version } from '../contract/version.ts';
import { appError } from '../contract/errors.ts';
import { serverRoutes } from '../contract/server.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Mount } from './mount.ts';

/** The dependencies of the health endpoints. */
interface Health {
  readonly clock: Clock;
  /** Rejects if the database cannot be used. */
  ping(): Promise<void>;
  /** `undefined` for a caller who may not know it. */
  isBootstrapped(request: FastifyRequest): Promise<boolean | undefined>;
  isStopping(): boolean;
  /** `undefined` until enough samples exist. */
  clockDifferenceMs(): number | undefined;
}

/**
 * Mounts `/api/live` (the process responds), `/api/ready` (it can work) and `/api/status` (version and state). Only the
 * first needs no database, so a database outage takes nodes out of service without restarting them.
 */
export function mountHealth(mount: Mount, health: Health): void {
  const { clock, ping, isBootstrapped, isStopping } = health;
  const status = async ({ request }: { request: FastifyRequest }) => ({
    date: new Date(clock.nowMs()).toISOString(),
    message: 'Ok' as const,
    version,
    ...setUp(await isBootstrapped(request)),
    ...clockDifference(health),
  });
  mount(serverRoutes.readLiveness, async () => ({ message: 'Ok' as const, version }));
  mount(serverRoutes.readStatus, status);
  mount(serverRoutes.readReadiness, async (call) => {
    if (isStopping()) throw appError('not_ready');
    await ping();
    return status(call);
  });
}

function setUp(isBootstrapped: boolean | undefined): { isBootstrapped?: boolean } {
  return isBootstrapped === undefined ? {} : { isBootstrapped };
}

function clockDifference({ clockDifferenceMs }: Health): { clockDifferenceSeconds?: number } {
  const ms = clockDifferenceMs();
  return ms === undefined ? {} : { clockDifferenceSeconds: Math.round(ms / 1000) };
}
