import type { ClientSecretData, MachineIdentity, UniversalAuth } from '../../contract/identities.ts';
import { usageFailure } from '../cli-failure.ts';
import type { ClientCommand, Outcome } from '../command.ts';
import { facts, table } from '../output.ts';
import { readList } from '../read-list.ts';
import { confirm } from '../read-secret.ts';
import { pageOptions, roleOption, yesOption } from './common-options.ts';

const path = '/api/v1/identities';
const authPath = (id: string) => `/api/v1/auth/universal-auth/identities/${encodeURIComponent(id)}`;
const idParameter = { name: 'id', doc: 'The machine identity’s id.' };

const list: ClientCommand = {
  name: 'identity list',
  summary: 'List the organization’s machine identities',
  options: { ...pageOptions, search: { value: 'text', doc: 'Part of a name.' } },
  examples: [{ does: 'List them', line: 'sallyport identity list' }],
  run: async ({ connect, input }) => {
    const connection = await connect();
    const query = {
      orgId: await connection.organizationId(),
      limit: input.number('limit'),
      offset: input.number('offset'),
      search: input.text('search'),
    };
    const body = await readList<{ identities: MachineIdentity[] }>(connection, path, {
      query,
      rows: 'identities',
      unlimited: 'whole',
    });
    const text = table(
      body.identities,
      [
        ['ID', ({ id }) => id],
        ['NAME', ({ name }) => name],
        ['ROLE', ({ role }) => role],
        ['LOGS IN WITH', ({ authMethods }) => authMethods.join(', ')],
      ],
      'The organization has no machine identities.',
    );
    return { json: body, text };
  },
};

const get: ClientCommand = {
  name: 'identity get',
  summary: 'Show a machine identity',
  parameters: [idParameter],
  examples: [{ does: 'Show it', line: 'sallyport identity get "$ID"' }],
  run: async ({ connect, input }) =>
    shown(await (await connect()).call(`${path}/${encodeURIComponent(input.word(0))}`)),
};

const create: ClientCommand = {
  name: 'identity create',
  summary: 'Create a machine identity that logs in with a client id and secrets',
  parameters: [{ name: 'name', doc: 'Its name.' }],
  options: { role: roleOption },
  examples: [{ does: 'Create one, then a secret for it', line: 'sallyport identity create deployer --role admin' }],
  run: async ({ connect, input }) => {
    const connection = await connect();
    const organizationId = await connection.organizationId();
    const body = { name: input.word(0), role: input.text('role'), organizationId };
    const { identity } = await connection.call<{ identity: MachineIdentity }>(path, { method: 'POST', body });
    const auth = await connection.call<{ identityUniversalAuth: UniversalAuth }>(authPath(identity.id), {
      method: 'POST',
      body: {},
    });
    const text = facts([
      ['id', identity.id],
      ['client id', auth.identityUniversalAuth.clientId],
      ['next', `sallyport identity create-secret ${identity.id}`],
    ]);
    return { json: { identity, ...auth }, text };
  },
};

const update: ClientCommand = {
  name: 'identity update',
  summary: 'Change a machine identity',
  parameters: [idParameter],
  options: { name: { value: 'name', doc: 'Its name.' }, role: roleOption },
  examples: [{ does: 'Give it another role', line: 'sallyport identity update "$ID" --role member' }],
  run: async ({ connect, input }) => {
    const body = { name: input.text('name'), role: input.text('role') };
    if (body.name === undefined && body.role === undefined) throw usageFailure('Give --name or --role.');
    const connection = await connect();
    return shown(await connection.call(`${path}/${encodeURIComponent(input.word(0))}`, { method: 'PATCH', body }));
  },
};

const remove: ClientCommand = {
  name: 'identity delete',
  summary: 'Delete a machine identity and end its tokens',
  parameters: [idParameter],
  options: { yes: yesOption },
  examples: [{ does: 'Delete it', line: 'sallyport identity delete "$ID" --yes' }],
  run: async (context) => {
    await confirm(context, 'Delete the machine identity? What logs in with it stops working.');
    const connection = await context.connect();
    const json = await connection.call(`${path}/${encodeURIComponent(context.input.word(0))}`, { method: 'DELETE' });
    return { json, text: 'The machine identity is deleted.' };
  },
};

const createSecret: ClientCommand = {
  name: 'identity create-secret',
  summary: 'Create a client secret; it is shown this once',
  parameters: [idParameter],
  options: {
    description: { value: 'text', doc: 'Its purpose.' },
    ttl: { value: 'seconds', doc: 'How long it is valid. Without limit by default.', isNumber: true },
    uses: { value: 'count', doc: 'How often it may be used. Without limit by default.', isNumber: true },
  },
  examples: [
    { does: 'Store it in a private file', line: '(umask 077; sallyport identity create-secret "$ID" > secret.txt)' },
  ],
  run: async ({ connect, input, say }) => {
    const body = {
      description: input.text('description'),
      ttl: input.number('ttl'),
      numUsesLimit: input.number('uses'),
    };
    const connection = await connect();
    const json = await connection.call<{ clientSecret: string }>(`${authPath(input.word(0))}/client-secrets`, {
      method: 'POST',
      body,
    });
    say('The secret is shown only once. Store it where only the machine can read it.');
    return { json, text: json.clientSecret };
  },
};

const secrets: ClientCommand = {
  name: 'identity secrets',
  summary: 'List a machine identity’s client secrets, without their values',
  parameters: [idParameter],
  examples: [{ does: 'List them', line: 'sallyport identity secrets "$ID"' }],
  run: async ({ connect, input }) => {
    const connection = await connect();
    const body = await connection.call<{ clientSecretData: ClientSecretData[] }>(
      `${authPath(input.word(0))}/client-secrets`,
    );
    const text = table(
      body.clientSecretData,
      [
        ['ID', ({ id }) => id],
        ['BEGINS WITH', ({ clientSecretPrefix }) => clientSecretPrefix],
        ['DESCRIPTION', ({ description }) => description],
        ['USES', ({ clientSecretNumUses }) => clientSecretNumUses],
        ['REVOKED', ({ isClientSecretRevoked }) => isClientSecretRevoked],
      ],
      'It has no client secrets.',
    );
    return { json: body, text };
  },
};

const revokeSecret: ClientCommand = {
  name: 'identity revoke-secret',
  summary: 'Revoke a client secret and the tokens it obtained',
  parameters: [idParameter, { name: 'secret-id', doc: 'The client secret’s id.' }],
  options: { yes: yesOption },
  examples: [{ does: 'Revoke it', line: 'sallyport identity revoke-secret "$ID" "$SECRET_ID" --yes' }],
  run: async (context) => {
    await confirm(context, 'Revoke the client secret? Programs that use it stop working.');
    const { input } = context;
    const connection = await context.connect();
    const secret = `${authPath(input.word(0))}/client-secrets/${encodeURIComponent(input.word(1))}`;
    return {
      json: await connection.call(`${secret}/revoke`, { method: 'POST', body: {} }),
      text: 'The client secret is revoked.',
    };
  },
};

function shown(body: { identity: MachineIdentity }): Outcome {
  const { identity } = body;
  const text = facts([
    ['id', identity.id],
    ['name', identity.name],
    ['role', identity.role],
    ['logs in with', identity.authMethods.join(', ')],
    ['created', identity.createdAt],
  ]);
  return { json: body, text };
}

export const identityCommands: readonly ClientCommand[] = [
  list,
  get,
  create,
  update,
  remove,
  secrets,
  createSecret,
  revokeSecret,
];
