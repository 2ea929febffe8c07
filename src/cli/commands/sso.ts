import type { OidcConfig, OidcConfigWithClient } from '../../contract/oidc-config.ts';
import { type ApiAnswer, failureOf, isRecord, isSuccess, problemOf } from '../api-client.ts';
import { usageFailure } from '../cli-failure.ts';
import type { ClientCommand, CommandContext } from '../command.ts';
import type { Connection } from '../connect.ts';
import { facts, plain } from '../output.ts';
import { confirm } from '../read-secret.ts';
import { yesOption } from './common-options.ts';
import { assumptions } from './sso-assumptions.ts';
import { ssoConnectionCommands } from './sso-connection.ts';
import { readSsoSettings, ssoOptions, type SsoSettings } from './sso-settings.ts';
import { test } from './sso-test.ts';

const path = '/api/v1/sso/oidc/config';
const secretMask = '********';

const get: ClientCommand = {
  name: 'sso get',
  summary: 'Show the organization’s identity provider',
  examples: [
    { does: 'Show it', line: 'sallyport sso get' },
    { does: 'Save it as a file for `sso set --file`', line: 'sallyport sso get --json > acme.json' },
  ],
  run: async ({ connect }) => {
    const { answer } = await readConfig(await connect());
    if (!isSuccess(answer)) throw failureOf(answer);
    return { json: answer.body, text: facts(isRecord(answer.body) ? Object.entries(answer.body) : []) };
  },
};

const set: ClientCommand = {
  name: 'sso set',
  summary: 'Create or change the organization’s connection',
  about:
    'Settings that are not given stay unchanged. The change is rejected if the connection has changed since it was read. `--dry-run` shows what would change.',
  options: {
    ...ssoOptions,
    'end-sessions': { doc: 'End every session of the connection, with or without a change.' },
    'dry-run': { doc: 'Show what would change, and change nothing.' },
  },
  examples: [
    {
      does: 'Store a provider with a discovery document',
      line: 'sallyport sso set --discovery-url https://idp.example.com --client-id "$ID" --client-secret-file secret.txt',
    },
    { does: 'Deactivate it and sign everyone out', line: 'sallyport sso set --active off --end-sessions' },
    {
      does: 'Read the secret from a password manager',
      line: 'pass show idp | sallyport sso set --client-secret-file -',
    },
    { does: 'Read everything from a file', line: 'sallyport sso set --file acme.json' },
  ],
  run: async (context) => {
    const settings = await readSsoSettings(context);
    const endsSessions = context.input.has('end-sessions');
    if (Object.keys(settings).length === 0 && !endsSessions) {
      throw usageFailure('Give at least one setting. See: sallyport sso set --help');
    }
    const connection = await context.connect();
    const { organizationId, answer } = await readConfig(connection);
    const isNew = isMissing(answer);
    if (!isNew && !isSuccess(answer)) throw failureOf(answer);
    const before = isNew || !isRecord(answer.body) ? {} : { ...answer.body, ...(await readOptions(connection)) };
    const wanted: SsoSettings = isNew ? { isActive: true, ...settings } : settings;
    const ending = endsSessions && !isNew;
    const changes = describeChanges(before, wanted, ending);
    if (changes === '') return { json: answer.body, text: 'Already up to date.' };
    const heading = isNew ? 'New configuration:' : 'Changes:';
    if (context.input.has('dry-run')) return { json: before, text: `${heading}\n${changes}\nNothing was changed.` };
    const asked = { organizationId, ...wanted, ...(ending ? { endSessions: true } : {}) };
    const body = await store(connection, { body: asked, etag: isNew ? null : answer.headers.get('etag'), isNew });
    return { json: body, text: `${heading}\n${changes}\n${isNew ? 'Stored.' : 'Changed.'}` };
  },
};

async function store(
  { call }: Connection,
  { body, etag, isNew }: { body: object; etag: string | null; isNew: boolean },
): Promise<OidcConfig> {
  const headers = etag === null ? {} : { headers: { 'if-match': etag } };
  return call<OidcConfig>(path, { method: isNew ? 'POST' : 'PATCH', body, ...headers });
}

const remove: ClientCommand = {
  name: 'sso delete',
  summary: 'Delete the organization’s connection and end its sessions',
  options: { yes: yesOption },
  examples: [{ does: 'Remove it', line: 'sallyport sso delete --yes' }],
  run: async (context: CommandContext) => {
    const connection = await context.connect();
    const { organizationId, answer } = await readConfig(connection);
    if (!isSuccess(answer)) throw failureOf(answer);
    await confirm(context, 'Delete the connection? Members can no longer sign in.');
    const etag = answer.headers.get('etag');
    const body = await connection.call<OidcConfigWithClient>(path, {
      method: 'DELETE',
      query: { organizationId },
      ...(etag === null ? {} : { headers: { 'if-match': etag } }),
    });
    return { json: body, text: 'The connection is deleted.' };
  },
};

async function readConfig(connection: Connection): Promise<{ organizationId: string; answer: ApiAnswer }> {
  const organizationId = await connection.organizationId();
  return { organizationId, answer: await connection.ask(path, { query: { organizationId } }) };
}

async function readOptions(connection: Connection): Promise<Readonly<Record<string, unknown>>> {
  const query = { organizationId: await connection.organizationId() };
  const { body } = await connection.ask(`${path}/options`, { query });
  return isRecord(body) && isRecord(body['options']) ? body['options'] : {};
}

function isMissing(answer: ApiAnswer): boolean {
  return problemOf(answer).code === 'oidc_config_not_found';
}

// The secret is never shown: the server does not return the old one, and the new one must not be printed.
function describeChanges(before: Readonly<Record<string, unknown>>, wanted: SsoSettings, ending: boolean): string {
  const changes = Object.entries(wanted)
    .filter(([name, value]) => (name === 'clientSecret' ? value !== secretMask : show(before[name]) !== show(value)))
    .map(([name, value]) => {
      if (name === 'clientSecret') return `  ${name}: replaced`;
      const old = before[name] === undefined ? '' : `${show(before[name])} → `;
      return `  ${name}: ${old}${show(value)}`;
    });
  return [...changes, ...(ending ? ['  sessions: ended'] : [])].join('\n');
}

function show(value: unknown): string {
  return plain(JSON.stringify(value) ?? '');
}

export const ssoCommands: readonly ClientCommand[] = [get, set, test, assumptions, ...ssoConnectionCommands, remove];
