import { failureOf, isRecord, isSuccess, pemFile } from '../api-client.ts';
import type { ClientCommand, CommandContext } from '../command.ts';
import { facts } from '../output.ts';

const path = '/api/v1/sso/oidc/config';

const options: ClientCommand = {
  name: 'sso options',
  summary: 'Show every option of the organization’s connection, with warnings',
  examples: [{ does: 'Show them', line: 'sallyport sso options' }],
  run: async (context) => {
    const body = await read(context, `${path}/options`);
    return { json: body, text: facts([...entries(body['options']), ['warnings', body['warnings']]]) };
  },
};

const clientKeys: ClientCommand = {
  name: 'sso client-keys',
  summary: 'Show the keys with which this server authenticates at the identity provider, and the URL to register there',
  examples: [{ does: 'Show them', line: 'sallyport sso client-keys' }],
  run: async (context) => {
    const body = await read(context, `${path}/client-keys`);
    return { json: body, text: facts(entries(body)) };
  },
};

const rotateClientKey: ClientCommand = {
  name: 'sso rotate-client-key',
  summary: 'Make the next key with which this server authenticates at the identity provider; it is used after an hour',
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

const certificate: ClientCommand = {
  name: 'sso certificate',
  summary: 'Print the certificate of the key with which this server authenticates at the identity provider',
  about:
    'For providers that identify a client by a certificate, such as Entra ID and AD FS. The certificate is public, in PEM format. Each key has its own certificate. After a rotation, print the certificate of the next key and upload it before the key is used.',
  options: { key: { value: 'id', doc: 'The key id, as `sso client-keys` lists it. The current key by default.' } },
  examples: [
    { does: 'Save it to upload it', line: 'sallyport sso certificate > sallyport.pem' },
    { does: 'The next key’s certificate', line: 'sallyport sso certificate --key "$KEY_ID"' },
  ],
  run: async ({ connect, input }) => {
    const connection = await connect();
    const keyId = input.text('key');
    const query = { organizationId: await connection.organizationId(), ...(keyId === undefined ? {} : { keyId }) };
    const answer = await connection.ask(`${path}/client-keys/certificate`, { query, accept: pemFile });
    if (!isSuccess(answer)) throw failureOf(answer);
    const pem = String(answer.body);
    return { json: { pem }, text: pem.trimEnd() };
  },
};

async function read({ connect }: CommandContext, url: string): Promise<Record<string, unknown>> {
  const connection = await connect();
  return connection.call(url, { query: { organizationId: await connection.organizationId() } });
}

function entries(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

export const ssoConnectionCommands: readonly ClientCommand[] = [options, clientKeys, rotateClientKey, certificate];
