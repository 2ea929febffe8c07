import type { Application, ApplicationSecret } from '../../contract/applications.ts';
import { usageFailure } from '../cli-failure.ts';
import type { ClientCommand, Option, Outcome } from '../command.ts';
import { facts, table } from '../output.ts';
import type { Input } from '../parse-command-line.ts';
import { readList } from '../read-list.ts';
import { confirm } from '../read-secret.ts';
import { isOn, onOff, pageOptions, yesOption } from './common-options.ts';

const path = '/api/v1/applications';
const pathOf = (id: string) => `${path}/${encodeURIComponent(id)}`;
const idParameter = { name: 'id', doc: 'The application’s id.' };
const shownOnce = 'The client secret is shown only once. Store it where only the application can read it.';
const operatorOption: Option = { doc: 'The operator’s applications, not those of an organization.' };

/** The settings of an application, written here because loading the contract would slow every command down. */
const settingOptions: Readonly<Record<string, Option>> = {
  redirect: { value: 'uris', doc: 'Redirect URIs, separated by commas.' },
  'post-logout': { value: 'uris', doc: 'Post-logout redirect URIs, separated by commas.' },
  'backchannel-logout': { value: 'uri', doc: 'Receives logout tokens. Empty for none.' },
  'initiate-login': { value: 'uri', doc: 'Starts a sign-in from outside the application. Empty for none.' },
  auth: {
    value: 'method',
    doc: 'How it authenticates at the token endpoint.',
    choices: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  },
  'jwks-uri': { value: 'uri', doc: 'The address of its public keys, for private_key_jwt. Empty for none.' },
  algorithm: { value: 'alg', doc: 'Signs its ID tokens.', choices: ['RS256', 'ES256', 'EdDSA'] },
  only: { value: 'ids', doc: 'Only members of these organizations may use it. Empty for all.' },
  groups: { value: 'names', doc: 'Only members of these groups may use it. Empty for every member.' },
  'groups-claim': { value: 'form', doc: 'The content of the claim groups.', choices: ['none', 'names', 'ids'] },
  refresh: { value: 'policy', doc: 'Refresh tokens.', choices: ['none', 'session', 'standalone'] },
  pkce: { value: 'policy', doc: 'Whether PKCE may be left out.', choices: ['required', 'optional'] },
  consent: onOff('Whether users confirm the claims that it gets.'),
  device: onOff('Whether it may use the device authorization grant.'),
  resources: { value: 'uris', doc: 'Identifiers of APIs that it offers, separated by commas.' },
};

const list: ClientCommand = {
  name: 'app list',
  summary: 'List the applications of the organization',
  options: {
    ...pageOptions,
    search: { value: 'text', doc: 'Part of a name.' },
    all: { doc: 'Every application of the server. For an instance admin.' },
  },
  examples: [
    { does: 'List them', line: 'sallyport app list' },
    { does: 'List those of the whole server', line: 'sallyport app list --all' },
  ],
  run: async ({ connect, input }) => {
    const connection = await connect();
    const organizationId = input.has('all') ? undefined : await connection.organizationId();
    const query = { organizationId, limit: input.number('limit'), offset: input.number('offset') };
    const body = await readList<{ applications: Application[] }>(connection, path, {
      query: { ...query, search: input.text('search') },
      rows: 'applications',
      unlimited: 'page',
    });
    const columns = [
      ['ID', ({ id }: Application) => id],
      ['NAME', ({ name }: Application) => name],
      ['KIND', ({ kind }: Application) => kind],
      ['CLIENT ID', ({ clientId }: Application) => clientId],
    ] as const;
    return { json: body, text: table(body.applications, columns, 'There are no applications.') };
  },
};

const get: ClientCommand = {
  name: 'app get',
  summary: 'Show an application',
  parameters: [idParameter],
  examples: [{ does: 'Show it', line: 'sallyport app get "$ID"' }],
  run: async ({ connect, input }) => shown(await (await connect()).call(pathOf(input.word(0)))),
};

const create: ClientCommand = {
  name: 'app create',
  summary: 'Register an application that signs its users in through this server',
  about:
    'The application belongs to the organization and admits its members. With --operator it belongs to the operator, and admits the members of every organization or of those of --only.',
  parameters: [{ name: 'name', doc: 'Its name, which the sign-in pages show.' }],
  options: {
    kind: { value: 'kind', doc: 'web by default.', choices: ['web', 'native', 'spa', 'machine'] },
    operator: operatorOption,
    ...settingOptions,
  },
  examples: [
    {
      does: 'Register a web application',
      line: 'sallyport app create Wiki --redirect https://wiki.acme.example/callback',
    },
    {
      does: 'Register one for all organizations',
      line: 'sallyport app create Shop --operator --redirect https://shop.example/callback',
    },
  ],
  run: async ({ connect, input, say }) => {
    const connection = await connect();
    const organizationId = input.has('operator') ? undefined : await connection.organizationId();
    const body = { name: input.word(0), kind: input.text('kind'), organizationId, ...settingsOf(input) };
    const json = await connection.call<{ application: Application; clientSecret?: string }>(path, {
      method: 'POST',
      body,
    });
    const { application, clientSecret } = json;
    if (clientSecret !== undefined) say(shownOnce);
    const text = facts([
      ['id', application.id],
      ['client id', application.clientId],
      ['client secret', clientSecret],
    ]);
    return { json, text };
  },
};

const update: ClientCommand = {
  name: 'app update',
  summary: 'Change an application',
  parameters: [idParameter],
  options: { name: { value: 'name', doc: 'Its name.' }, ...settingOptions },
  examples: [
    { does: 'Let only a group use it', line: 'sallyport app update "$ID" --groups engineers' },
    { does: 'Let every member use it again', line: 'sallyport app update "$ID" --groups ""' },
  ],
  run: async ({ connect, input }) => {
    const body = { name: input.text('name'), ...settingsOf(input) };
    if (Object.values(body).every((value) => value === undefined)) throw usageFailure('Give an option to change.');
    const connection = await connect();
    return shown(await connection.call(pathOf(input.word(0)), { method: 'PATCH', body }));
  },
};

const remove: ClientCommand = {
  name: 'app delete',
  summary: 'Delete an application, its secrets and its tokens',
  parameters: [idParameter],
  options: { yes: yesOption },
  examples: [{ does: 'Delete it', line: 'sallyport app delete "$ID" --yes' }],
  run: async (context) => {
    await confirm(context, 'Delete the application? Its users can no longer sign in to it.');
    const connection = await context.connect();
    const json = await connection.call(pathOf(context.input.word(0)), { method: 'DELETE' });
    return { json, text: 'The application is deleted.' };
  },
};

const createSecret: ClientCommand = {
  name: 'app create-secret',
  summary: 'Create a second client secret; it is shown this once',
  parameters: [idParameter],
  options: { expires: { value: 'time', doc: 'When it expires, such as 2027-06-30. Never by default.' } },
  examples: [
    { does: 'Store it in a private file', line: '(umask 077; sallyport app create-secret "$ID" > secret.txt)' },
  ],
  run: async ({ connect, input, say }) => {
    const connection = await connect();
    const json = await connection.call<{ clientSecret: string }>(`${pathOf(input.word(0))}/secrets`, {
      method: 'POST',
      body: { expiresAt: input.text('expires') },
    });
    say(shownOnce);
    return { json, text: json.clientSecret };
  },
};

const deleteSecret: ClientCommand = {
  name: 'app delete-secret',
  summary: 'Delete a client secret, which stops working at once',
  parameters: [idParameter, { name: 'secret-id', doc: 'The client secret’s id.' }],
  options: { yes: yesOption },
  examples: [{ does: 'Delete it', line: 'sallyport app delete-secret "$ID" "$SECRET_ID" --yes' }],
  run: async (context) => {
    await confirm(context, 'Delete the client secret? The application can no longer authenticate with it.');
    const { input } = context;
    const connection = await context.connect();
    const secret = `${pathOf(input.word(0))}/secrets/${encodeURIComponent(input.word(1))}`;
    return { json: await connection.call(secret, { method: 'DELETE' }), text: 'The client secret is deleted.' };
  },
};

// An empty value clears what it sets: a URI, or a list.
function settingsOf(input: Input) {
  const listOf = (name: string) => {
    const text = input.text(name);
    return text
      ?.split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  };
  const uriOf = (name: string) => {
    const text = input.text(name);
    return text === '' ? null : text;
  };
  const only = listOf('only');
  const groups = listOf('groups');
  return {
    redirectUris: listOf('redirect'),
    postLogoutRedirectUris: listOf('post-logout'),
    backchannelLogoutUri: uriOf('backchannel-logout'),
    initiateLoginUri: uriOf('initiate-login'),
    tokenEndpointAuthMethod: input.text('auth'),
    jwksUri: uriOf('jwks-uri'),
    idTokenSignedResponseAlg: input.text('algorithm'),
    organizations: only === undefined ? undefined : only.length === 0 ? 'all' : 'listed',
    organizationIds: only,
    groups: groups?.length === 0 ? null : groups,
    groupsClaim: input.text('groups-claim'),
    refreshTokens: input.text('refresh'),
    pkce: input.text('pkce'),
    requireConsent: isOn(input.text('consent')),
    deviceGrant: isOn(input.text('device')),
    resources: listOf('resources'),
  };
}

function shown(body: { application: Application }): Outcome {
  const { application } = body;
  const text = facts([
    ['id', application.id],
    ['name', application.name],
    ['kind', application.kind],
    ['client id', application.clientId],
    ['authentication', application.tokenEndpointAuthMethod],
    ['redirect URIs', application.redirectUris.join(', ')],
    ['organizations', application.organizationIds.join(', ') || application.organizations],
    ['groups', application.groups === null ? 'every member' : application.groups.join(', ')],
    ['secrets', application.secrets.map(describeSecret).join(', ')],
    ['created', application.createdAt],
  ]);
  return { json: body, text };
}

function describeSecret({ id, lastFour, expiresAt }: ApplicationSecret): string {
  return `${id} (…${lastFour}${expiresAt === null ? '' : `, until ${expiresAt}`})`;
}

export const applicationCommands: readonly ClientCommand[] = [
  list,
  get,
  create,
  update,
  remove,
  createSecret,
  deleteSecret,
];
