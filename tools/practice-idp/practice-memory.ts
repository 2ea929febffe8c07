import type { Adapter, AdapterPayload } from 'oidc-provider/lib/provider.js';

/** So many records are kept; the oldest makes room. A sign-in leaves about three. */
const recordsMax = 10_000;

/**
 * The practice provider's memory: what the library asks to keep, by model and identifier. It outlives the library's
 * object, so that a provider with new keys knows the codes that the one before gave out.
 *
 * Nothing here expires by itself: the library looks at each record's `exp`, and the oldest records are dropped.
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
    // Sessions are looked up by uid and device codes by user code; the practice provider has neither.
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
  };
}

/**
 * Records that are forgotten at once. With it as the library's session store nobody stays signed in at the practice
 * provider: each sign-in asks anew who one wants to be, which is what practice is for.
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

/** Records that are read from elsewhere and never written by the library. */
export function readOnly(find: (id: string) => AdapterPayload | undefined): Adapter {
  return { ...forgetful, find: async (id) => find(id) };
}
