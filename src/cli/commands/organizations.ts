import type { Organization, OrganizationOfMember } from '../../contract/organizations.ts';
import { CliFailure, usageFailure } from '../cli-failure.ts';
import type { ClientCommand, Outcome } from '../command.ts';
import { profileName } from '../credentials.ts';
import type { Connection } from '../connect.ts';
import { facts, plain, table } from '../output.ts';
import { readList } from '../read-list.ts';
import { confirm } from '../read-secret.ts';
import { selectOrganization } from '../user-session.ts';
import { isOn, onOff, pageOptions, roleOption, yesOption } from './common-options.ts';

const list: ClientCommand = {
  name: 'organization list',
  summary: 'List your organizations, or all of the server',
  options: {
    ...pageOptions,
    all: { doc: 'All organizations of the server. For instance admins.' },
    search: { value: 'text', doc: 'Part of a name or slug; with `--all`.' },
  },
  examples: [
    { does: 'List them', line: 'sallyport organization list' },
    { does: 'Find a tenant', line: 'sallyport organization list --all --search acme' },
  ],
  run: async ({ connect, input }) => {
    const connection = await connect();
    const page = { limit: input.number('limit'), offset: input.number('offset') };
    const wanted = { rows: 'organizations', unlimited: 'whole' } as const;
    if (input.has('all')) return listAll(connection, { ...page, search: input.text('search') });
    if (input.has('search')) throw usageFailure('--search needs --all.');
    const body = await readList<{ organizations: OrganizationOfMember[] }>(connection, '/api/v1/organization', {
      ...wanted,
      query: page,
    });
    const text = table(
      body.organizations,
      [
        ['ID', ({ id }) => id],
        ['SLUG', ({ slug }) => slug],
        ['NAME', ({ name }) => name],
        ['ROLE', ({ userRole }) => userRole],
        ['SIGN-IN', ({ orgAuthMethod }) => orgAuthMethod],
      ],
      'You belong to no organization.',
    );
    return { json: body, text };
  },
};

async function listAll(
  connection: Connection,
  query: Readonly<Record<string, string | number | undefined>>,
): Promise<Outcome> {
  const wanted = { query, rows: 'organizations', unlimited: 'whole' } as const;
  const body = await readList<{ organizations: Organization[] }>(connection, '/api/v2/organizations', wanted);
  const text = table(
    body.organizations,
    [
      ['ID', ({ id }) => id],
      ['SLUG', ({ slug }) => slug],
      ['NAME', ({ name }) => name],
      ['CREATED', ({ createdAt }) => createdAt],
    ],
    'None.',
  );
  return { json: body, text };
}

const remove: ClientCommand = {
  name: 'organization delete',
  summary: 'Delete an organization with everything of it except its audit trail',
  about: 'For instance admins. Its members, sessions, tokens and secrets end at once. This cannot be undone.',
  parameters: [{ name: 'id-or-slug', doc: 'The organization.' }],
  options: { yes: yesOption },
  examples: [{ does: 'Delete a tenant', line: 'sallyport organization delete acme --yes' }],
  run: async (context) => {
    const connection = await context.connectTo(context.input.word(0));
    const id = await connection.organizationId();
    const { organization } = await connection.call<{ organization: Organization }>(`/api/v1/organization/${id}`);
    const { name, slug } = organization;
    await confirm(context, `Delete ${plain(name)} (${slug}) with everything of it?`);
    const json = await connection.call(`/api/v2/organizations/${id}`, { method: 'DELETE', query: { confirm: slug } });
    return { json, text: `${plain(name)} is deleted.` };
  },
};

const get: ClientCommand = {
  name: 'organization get',
  summary: 'Show an organization',
  examples: [
    { does: 'Show the current one', line: 'sallyport organization get' },
    { does: 'Show another', line: 'sallyport organization get --organization acme' },
  ],
  run: async ({ connect }) => {
    const connection = await connect();
    return shown(await connection.call(`/api/v1/organization/${await connection.organizationId()}`));
  },
};

const create: ClientCommand = {
  name: 'organization create',
  summary: 'Create an organization',
  parameters: [{ name: 'name', doc: 'Its name.' }],
  options: { slug: { value: 'slug', doc: 'Its name in URLs. Derived from the name by default.' } },
  examples: [{ does: 'Create one', line: 'sallyport organization create "Acme Inc." --slug acme' }],
  run: async ({ connect, input }) => {
    const body = { name: input.word(0), slug: input.text('slug') };
    return shown(await (await connect()).call('/api/v2/organizations', { method: 'POST', body }));
  },
};

const update: ClientCommand = {
  name: 'organization update',
  summary: 'Change an organization’s settings',
  options: {
    name: { value: 'name', doc: 'Its name.' },
    slug: { value: 'slug', doc: 'Its name in URLs.' },
    'enforce-sso': onOff('Accept only sign-ins through the organization’s identity provider.'),
    'admin-bypass': onOff('Let admins bypass the enforcement. Each use is audited.'),
    'default-role': { ...roleOption, doc: 'The role of members at their first sign-in.' },
    admit: {
      value: 'policy',
      doc: 'Which users become members at a first sign-in: `just-in-time`, `invited-only` or `deny-unverified-domain`.',
    },
    'token-expiration': { value: 'duration', doc: 'How long a session lasts: a number and m, h, d or w.' },
  },
  examples: [
    { does: 'Enforce single sign-on', line: 'sallyport organization update --enforce-sso on' },
    { does: 'Accept only invited users', line: 'sallyport organization update --admit invited-only' },
    { does: 'Shorten sessions', line: 'sallyport organization update --token-expiration 12h' },
  ],
  run: async ({ connect, input }) => {
    const body = {
      name: input.text('name'),
      slug: input.text('slug'),
      authEnforced: isOn(input.text('enforce-sso')),
      bypassOrgAuthEnabled: isOn(input.text('admin-bypass')),
      defaultMembershipRoleSlug: input.text('default-role'),
      userTokenExpiration: input.text('token-expiration'),
      provisioningPolicy: input.text('admit'),
    };
    if (Object.values(body).every((value) => value === undefined)) {
      throw usageFailure('Give at least one option to change.');
    }
    const connection = await connect();
    const path = `/api/v1/organization/${await connection.organizationId()}`;
    return shown(await connection.call(path, { method: 'PATCH', body }));
  },
};

const use: ClientCommand = {
  name: 'organization use',
  summary: 'Select the organization that commands apply to',
  about:
    'A user’s session is exchanged for one for the organization. For a machine identity, only the selection is stored.',
  parameters: [{ name: 'id-or-slug', doc: 'The organization.' }],
  examples: [{ does: 'Work on Acme', line: 'sallyport organization use acme' }],
  run: async ({ connectTo, input, world, profiles }) => {
    const connection = await connectTo(input.word(0));
    const organizationId = await connection.organizationId();
    const set = await profiles.read();
    const name = profileName(input.text('profile'), world.env, set.current);
    if (set.profiles[name]?.url !== connection.site) {
      throw new CliFailure(
        'failed',
        'A login from the environment has no profile. Use --organization or SALLYPORT_ORGANIZATION.',
      );
    }
    const accessToken = await connection.accessToken();
    const isPerson = connection.kind === 'user';
    if (!isPerson) await connection.call(`/api/v1/organization/${organizationId}`);
    const tokens = isPerson
      ? await selectOrganization(world, { site: connection.site, accessToken }, organizationId)
      : {};
    await profiles.update((now) => {
      const profile = now.profiles[name] ?? { url: connection.site };
      const choice = isPerson ? tokens : { organizationId };
      return { ...now, profiles: { ...now.profiles, [name]: { ...profile, ...choice } } };
    });
    return {
      json: { organizationId },
      text: `Commands now apply to ${plain(input.word(0))} (profile ${name}).`,
    };
  },
};

function shown(body: { organization: Organization }): Outcome {
  const { organization: it } = body;
  const text = facts([
    ['id', it.id],
    ['name', it.name],
    ['slug', it.slug],
    ['enforces single sign-on', it.authEnforced],
    ['admins may bypass it', it.bypassOrgAuthEnabled],
    ['role of new members', it.defaultMembershipRole],
    ['sessions last', it.userTokenExpiration],
    ['created', it.createdAt],
  ]);
  return { json: body, text };
}

export const organizationCommands: readonly ClientCommand[] = [list, get, create, update, remove, use];
