import { randomBytes } from 'node:crypto';

import type { MachineActor } from '../../src/contract/actor.ts';
import type { AuditWebhook, CreateAuditWebhookBody } from '../../src/contract/audit-webhooks.ts';
import type { OrganizationId } from '../../src/contract/ids.ts';
import { createAuditWebhook } from '../../src/audit-webhooks/create-audit-webhook.ts';
import { emptyHead, sealHead } from '../../src/audit/chain.ts';
import { insertHead } from '../../src/audit/queries.ts';
import { createDeliveries, type Deliveries } from '../../src/audit-webhooks/deliveries.ts';
import type { AuditWebhooksDeps, WebhookCall } from '../../src/audit-webhooks/deps.ts';
import { requireWebhook } from '../../src/audit-webhooks/require-webhook.ts';
import { toAuditWebhook } from '../../src/audit-webhooks/to-audit-webhook.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { createGuardedFetch } from '../../src/outbound/guarded-fetch.ts';
import { createHostLookup } from '../../src/outbound/host-lookup.ts';
import { parseOutboundAllow } from '../../src/outbound/outbound-allow.ts';
import { createOutboundPolicy } from '../../src/outbound/outbound-policy.ts';
import type { Engine } from '../../src/storage/database.ts';
import { type LiveKeyring, openKeyring } from '../../src/storage/keys/keyring.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { auditedDatabase, entryNamed, largestEntry } from './audit.ts';
import { createTestDatabase } from './databases.ts';
import { createDirectory, testOrigin } from './directory.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';
import { sharedFixture } from './shared-fixture.ts';

/** An organization whose trail is delivered to its own receiver. */
export interface HookedTenant {
  readonly id: OrganizationId;
  readonly actor: MachineActor;
  readonly receiver: WebhookReceiver;
  readonly secret: string;
  readonly call: WebhookCall;
}

/** Audit webhooks with a real database and real sockets, a fixed clock, and no background job. */
/** A scene that the tests of one `describe` share. */
export function useWebhookScene(engine: Engine): WebhookScene {
  return sharedFixture(async () => openWebhookScene(engine));
}

export async function openWebhookScene(engine: Engine) {
  const { database: bare, url, destroy } = await createTestDatabase(engine);
  const directory = createDirectory(bare);
  const { clock, random } = directory;
  const rootKey = { id: 'testroot', bytes: randomBytes(32) };
  const keyring: LiveKeyring = await openKeyring({
    database: bare,
    rootKey,
    clock,
    random,
  });
  const closers: (() => Promise<void>)[] = [];
  const closeFetches = new Map<AuditWebhooksDeps, () => Promise<void>>();

  /** The dependencies of one node; `allow` is the operator's list. */
  function node(allow = '127.0.0.0/8'): AuditWebhooksDeps {
    const parsed = parseOutboundAllow(allow);
    const policy = createOutboundPolicy(parsed.ok ? parsed.entries : []);
    const fetch = createGuardedFetch({ policy, lookup: createHostLookup(clock), clock });
    closers.push(() => fetch.close());
    const deps: AuditWebhooksDeps = { ...directory.deps, keyring, outbound: { policy, fetch } };
    closeFetches.set(deps, () => fetch.close());
    return deps;
  }

  /** The same on its own connections. SQLite has one process, so there it is the same database. */
  async function nodeBeside(): Promise<AuditWebhooksDeps> {
    if (engine === 'sqlite') return node();
    const database = await openDatabase({ url, logger: silentLogger });
    closers.push(() => database.close());
    return { ...node(), ...auditedDatabase(database, clock) };
  }
  const deps = node();
  const deliveries = createDeliveries(deps, silentLogger);

  async function addTenant(body: Partial<CreateAuditWebhookBody> = {}): Promise<HookedTenant> {
    const id = await directory.addOrganization('Acme');
    // The API starts a trail with its organization. A trail that starts later counts as removed and gets no seal.
    await bare.transaction(async (tx) => insertHead(tx, sealHead(directory.keys, emptyHead(id))));
    const actor = await directory.addMachine(id, { role: 'admin' });
    const receiver = await startWebhookReceiver();
    closers.push(() => receiver.close());
    const call = { actor, clientInfo: testOrigin, organizationId: id };
    const { secret } = await createAuditWebhook(deps, { ...call, body: { url: receiver.url, ...body } });
    return { id, actor, receiver, secret, call };
  }

  /** Appends one entry for each name to a trail, in one transaction. */
  async function append({ id }: { id: OrganizationId }, ...names: readonly string[]): Promise<void> {
    await directory.database.transaction(async (tx) => {
      for (const name of names) await directory.audit(tx, entryNamed(id, name));
    });
  }

  /** Appends entries of the largest size. */
  async function appendLargest({ id }: { id: OrganizationId }, count: number): Promise<void> {
    await directory.database.transaction(async (tx) => {
      for (let index = 0; index < count; index += 1) await directory.audit(tx, largestEntry(id));
    });
  }

  /** One complete round of a node's job. */
  async function deliver(by: Deliveries = deliveries): Promise<void> {
    await by.round();
    await by.idle();
  }

  async function statusOf({ call }: HookedTenant): Promise<AuditWebhook> {
    const { db } = directory.database;
    return toAuditWebhook(db, await requireWebhook({ db }, call, 'read'), clock.nowMs());
  }

  return {
    directory,
    database: directory.database,
    clock,
    keyring,
    rootKey,
    deps,
    deliveries,
    node,
    nodeBeside,
    addTenant,
    append,
    appendLargest,
    deliver,
    statusOf,
    /** Interrupts a node's deliveries, as a shutdown does. */
    closeFetch: async (of: AuditWebhooksDeps) => closeFetches.get(of)?.(),
    newDeliveries: (by: AuditWebhooksDeps = node()) => createDeliveries(by, silentLogger),
    close: async () => {
      await Promise.all(closers.map(async (close) => close()));
      await deliveries.idle();
      await destroy();
    },
  };
}

export type WebhookScene = Awaited<ReturnType<typeof openWebhookScene>>;
