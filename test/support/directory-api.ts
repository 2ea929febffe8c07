import type { InjectOptions } from 'fastify';

import type { Actor } from '../../src/contract/actor.ts';
import { appError } from '../../src/contract/errors.ts';
import { mountGroups } from '../../src/groups/routes.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { registerRateLimits } from '../../src/http/rate-limits.ts';
import { createMount } from '../../src/http/mount.ts';
import { mountIdentities } from '../../src/machine-identities/routes.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { mountMemberships } from '../../src/memberships/routes.ts';
import { mountOrganizations } from '../../src/organizations/routes.ts';
import type { OrganizationCreation } from '../../src/organizations/rules.ts';
import type { Directory } from './directory.ts';

/** The response to a request: the status and the body as JSON. */
export interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers whose shape is what they test
  readonly body: any;
}

/**
 * The directory's endpoints over HTTP and a real database. Each actor has a token of the test, because the server's
 * tokens are tested
 * elsewhere.
 */
export function createDirectoryApi(
  directory: Directory,
  organizationCreation: OrganizationCreation = 'instance-admins',
) {
  const actors = new Map<string, Actor>();
  const app = createHttpServer({ logger: silentLogger, random: directory.random, https: false, trustedProxies: [] });
  const mount = createMount(app, {
    authenticate: (token) => {
      const actor = actors.get(token);
      return actor === undefined
        ? Promise.reject(appError('token_invalid'))
        : Promise.resolve({ actor, judgeAgain: () => Promise.resolve(actor) });
    },
    limits: { caller: false, read: false, write: false, auth: false, signIn: false, none: false },
    limiter: registerRateLimits(app, directory.deps.clock),
  });
  mountOrganizations(mount, {
    ...directory.deps,
    organizationCreation,
    vouchedSlugs: new Set(),
    shortenSessions: () => Promise.resolve(),
  });
  mountGroups(mount, directory.deps);
  mountIdentities(mount, directory.deps);
  mountMemberships(mount, { ...directory.deps, ownerOf: () => Promise.resolve(undefined) });

  /** Sends a request as an actor; `undefined` sends it without a token. */
  async function call(actor: Actor | undefined, request: `${string} /${string}`, payload?: object): Promise<Answer> {
    const [method, url = ''] = request.split(' ');
    const options: InjectOptions = { method: method as 'GET', url };
    if (payload !== undefined) options.payload = payload;
    if (actor !== undefined) {
      const token = actor.kind === 'user' ? actor.sessionId : actor.identityId;
      actors.set(token, actor);
      options.headers = { authorization: `Bearer ${token}` };
    }
    const response = await app.inject(options);
    return { status: response.statusCode, body: response.json() };
  }

  return { call, close: () => app.close() };
}

/**
 * An error response without the parts that always differ: byte for byte the same if a caller must not see a difference.
 */
export function withoutReqId({ status, body }: Answer): string {
  const { reqId: _reqId, ...rest } = body;
  return JSON.stringify({ status, ...rest });
}
