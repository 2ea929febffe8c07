import { isRecord } from '../api-client.ts';
import type { ClientCommand, CommandContext } from '../command.ts';
import { facts } from '../output.ts';

const path = '/api/v1/sso/oidc/config';

const options: ClientCommand = {
  name: 'sso options',
  summary: 'Show every option of the organization’s identity provider, and warnings about it',
  examples: [{ does: 'Show them', line: 'sallyport sso options' }],
  run: async (context) => {
    const body = await read(context, `${path}/options`);
    return { json: body, text: facts([...entries(body['options']), ['warnings', body['warnings']]]) };
  },
};

const clientKeys: ClientCommand = {
  name: 'sso client-keys',
  summary: 'Show the keys that prove this server at the identity provider, and the address to register there',
  examples: [{ does: 'Show them', line: 'sallyport sso client-keys' }],
  run: async (context) => {
    const body = await read(context, `${path}/client-keys`);
    return { json: body, text: facts(entries(body)) };
  },
};

const rotateClientKey: ClientCommand = {
  name: 'sso rotate-client-key',
  summary: 'Make the next key that proves this server at the identity provider; it is used an hour later',
  examples: [{ does: 'Make it', line: 'sallyport sso rotate-client-key' }],
  run: async ({ connect }) => {
    const connection = await connect();
    const organizationId = await connection.organizationId();
    const body = await connection.call<Record<string, unknown>>(`${path}/client-keys`, {
      method: 'POST',
      body: { organizationId },
    });
    return { json: body, text: facts(entries(body)) };
  },
};

async function read({ connect }: CommandContext, url: string): Promise<Record<string, unknown>> {
  const connection = await connect();
  return connection.call(url, { query: { organizationId: await connection.organizationId() } });
}

function entries(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

export const ssoConnectionCommands: readonly ClientCommand[] = [options, clientKeys, rotateClientKey];
