import type { RotateKeysBody, ServerKeys } from '../../contract/keys.ts';
import { usageFailure } from '../cli-failure.ts';
import type { ClientCommand, Outcome } from '../command.ts';
import { table } from '../output.ts';

const list: ClientCommand = {
  name: 'keys list',
  summary: 'Show the server’s keys and how far a rotation has come',
  about: 'For instance admins. Shows the ids of keys, never the keys. See docs/key-rotation.md.',
  examples: [{ does: 'Show them', line: 'sallyport keys list' }],
  run: async ({ connect }) => shown(await (await connect()).call('/api/v1/admin/keys')),
};

const rotate: ClientCommand = {
  name: 'keys rotate',
  summary: 'Rotate one kind of the server’s keys',
  about: 'For instance admins. Users can sign in meanwhile. See docs/key-rotation.md.',
  options: {
    signing: { doc: 'Publish the next signing key.' },
    data: { doc: 'Make the next data key and re-encrypt everything in the background.' },
    root: { doc: 'Finish a change of the root key: the previous key is no longer accepted.' },
  },
  examples: [
    {
      does: 'After a copy of the database was lost',
      line: 'sallyport keys rotate --data && sallyport keys rotate --signing',
    },
    { does: 'When every node runs with the new root key', line: 'sallyport keys rotate --root' },
  ],
  run: async ({ connect, input }) => {
    const kinds = (['signing', 'data', 'root'] as const).filter((kind) => input.has(kind));
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) throw usageFailure('Give one of --signing, --data and --root.');
    const body: RotateKeysBody = { kind };
    return shown(await (await connect()).call('/api/v1/admin/keys/rotate', { method: 'POST', body }));
  },
};

function shown(keys: ServerKeys): Outcome {
  const rows = [
    ...keys.rootKeys.map(({ id, isCurrent, sealedDataKeys }) => ({
      kind: 'root',
      id,
      state: isCurrent ? 'current' : 'other',
      seals: `${sealedDataKeys} data keys`,
    })),
    ...keys.dataKeys.map(({ id, state, sealedValues }) => ({
      kind: 'data',
      id,
      state,
      seals: `${sealedValues} values`,
    })),
    ...keys.signingKeys.map(({ id, state }) => ({ kind: 'signing', id, state, seals: '' })),
  ];
  const text = table(
    rows,
    [
      ['KIND', ({ kind }) => kind],
      ['ID', ({ id }) => id],
      ['STATE', ({ state }) => state],
      ['SEALS', ({ seals }) => seals],
    ],
    'There are no keys.',
  );
  return { json: keys, text };
}

export const keyCommands: readonly ClientCommand[] = [list, rotate];
