import type { Adapter, AdapterPayload } from 'oidc-provider/lib/provider.js';

/** The maximum number of records. The oldest is dropped for a new one. A sign-in leaves about three. */
const recordsMax = 10_000;

/**
 * The practice provider's storage for the library, by model and identifier. It outlives the library's object, so that a
 * provider with new keys accepts the codes that the previous one issued.
 *
 * Records do not expire in the store. The library checks each record's `exp`, and the oldest records are dropped.
 */
export interface PracticeMemory {
  /** The records of one of the library's models. */
  of(model: string): Adapter;
}

/** An empty memory. */
export function createPracticeMemory(): PracticeMemory {
  const records = new Map<string, AdapterPayload>();
  return { of: (model) => adapterOver(records, model) };
}

function adapterOver(records: Map<string, AdapterPayload>, model: string): Adapter {
  const key = (id: string) => `${model}:${id}`;
  return {
    async upsert(id, payload) {
      records.set(key(id), payload);
      const oldest = records.keys().next().value;
      if (records.size > recordsMax && oldest !== undefined) records.delete(oldest);
    },
    async find(id) {
      return records.get(key(id));
    },
    async consume(id) {
      const payload = records.get(key(id));
      if (payload !== undefined) records.set(key(id), { ...payload, consumed: true });
    },
    async destroy(id) {
      records.delete(key(id));
    },
    async revokeByGrantId(grantId) {
      for (const [name, payload] of records) {
        if (payload['grantId'] === grantId) records.delete(name);
      }
    },
    // The library looks up sessions by uid and device codes by user code. The practice provider has neither.
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
  };
}

/**
 * A store that drops every record. As the library's session store it keeps no user signed in at the practice provider:
 * each sign-in shows the account choice again, which practice needs.
 */
export const forgetful: Adapter = {
  upsert: async () => undefined,
  find: async () => undefined,
  findByUid: async () => undefined,
  findByUserCode: async () => undefined,
  consume: async () => undefined,
  destroy: async () => undefined,
  revokeByGrantId: async () => undefined,
};

/** Records from another source that the library never writes. */
export function readOnly(find: (id: string) => AdapterPayload | undefined): Adapter {
  return { ...forgetful, find: async (id) => find(id) };
}
