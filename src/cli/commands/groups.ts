import type { Group, GroupUser } from '../../contract/groups.ts';
import { CliFailure, usageFailure } from '../cli-failure.ts';
import type { ClientCommand, CommandContext, Outcome } from '../command.ts';
import type { Connection } from '../connect.ts';
import { facts, plain, table } from '../output.ts';
import { readList } from '../read-list.ts';
import { confirm } from '../read-secret.ts';
import { pageOptions, roleOption, yesOption } from './common-options.ts';

const path = '/api/v1/groups';
const groupParameter = { name: 'group', doc: 'The group’s id or slug.' };
const userParameter = { name: 'username', doc: 'The member’s user name.' };

const list: ClientCommand = {
  name: 'group list',
  summary: 'List the organization’s groups',
  options: { ...pageOptions, search: { value: 'text', doc: 'Part of a name or slug.' } },
  examples: [{ does: 'List them', line: 'sallyport group list' }],
  run: async ({ connect, input }) => {
    const query = { limit: input.number('limit'), offset: input.number('offset'), search: input.text('search') };
    const { groups } = await readGroups(await connect(), query);
    const text = table(
      groups,
      [
        ['ID', ({ id }) => id],
        ['SLUG', ({ slug }) => slug],
        ['NAME', ({ name }) => name],
        ['ROLE', ({ role }) => role],
      ],
      'The organization has no groups.',
    );
    return { json: groups, text };
  },
};

const get: ClientCommand = {
  name: 'group get',
  summary: 'Show a group',
  parameters: [groupParameter],
  examples: [{ does: 'Show it', line: 'sallyport group get engineers' }],
  run: async (context) => {
    const { connection, place } = await findGroup(context);
    return shown(await connection.call(place.path, { query: place.query }));
  },
};

const create: ClientCommand = {
  name: 'group create',
  summary: 'Create a group',
  parameters: [{ name: 'name', doc: 'Its name. Groups of the identity provider are matched by name.' }],
  options: { slug: { value: 'slug', doc: 'Derived from the name by default.' }, role: roleOption },
  examples: [{ does: 'Create one', line: 'sallyport group create Engineers --role member' }],
  run: async ({ connect, input }) => {
    const connection = await connect();
    const organizationId = await connection.organizationId();
    const body = { name: input.word(0), slug: input.text('slug'), role: input.text('role'), organizationId };
    return shown(await connection.call(path, { method: 'POST', body }));
  },
};

const update: ClientCommand = {
  name: 'group update',
  summary: 'Change a group',
  parameters: [groupParameter],
  options: { name: { value: 'name', doc: 'Its name.' }, slug: { value: 'slug', doc: 'Its slug.' }, role: roleOption },
  examples: [{ does: 'Rename it', line: 'sallyport group update engineers --name Engineering' }],
  run: async (context) => {
    const { input } = context;
    const body = { name: input.text('name'), slug: input.text('slug'), role: input.text('role') };
    if (Object.values(body).every((value) => value === undefined)) {
      throw usageFailure('Give at least one option to change.');
    }
    const { connection, place } = await findGroup(context);
    return shown(await connection.call(place.path, { method: 'PATCH', query: place.query, body }));
  },
};

const remove: ClientCommand = {
  name: 'group delete',
  summary: 'Delete a group',
  parameters: [groupParameter],
  options: { yes: yesOption },
  examples: [{ does: 'Delete it', line: 'sallyport group delete engineers --yes' }],
  run: async (context) => {
    const { connection, place } = await findGroup(context);
    await confirm(context, `Delete the group ${plain(context.input.word(0))}?`);
    const json = await connection.call<Group>(place.path, { method: 'DELETE', query: place.query });
    return { json, text: 'The group is deleted.' };
  },
};

const members: ClientCommand = {
  name: 'group members',
  summary: 'List the organization’s members and whether they belong to a group',
  parameters: [groupParameter],
  options: { ...pageOptions, search: { value: 'text', doc: 'Part of a name or address.' } },
  examples: [{ does: 'List them', line: 'sallyport group members engineers --limit 100' }],
  run: async (context) => {
    const { connection, place } = await findGroup(context);
    const { input } = context;
    const query = { limit: input.number('limit'), offset: input.number('offset'), search: input.text('search') };
    const body = await readList<{ users: GroupUser[]; totalCount: number }>(connection, `${place.path}/users`, {
      query: { ...place.query, ...query },
      rows: 'users',
      unlimited: 'page',
    });
    const rows = table(
      body.users,
      [
        ['USER NAME', ({ username }) => username],
        ['NAME', ({ firstName, lastName }) => `${firstName} ${lastName}`],
        ['IN GROUP', ({ isPartOfGroup }) => isPartOfGroup],
      ],
      'Nobody.',
    );
    const rest = body.totalCount > body.users.length ? `\n${body.users.length} of ${body.totalCount}` : '';
    return { json: body, text: `${rows}${rest}` };
  },
};

function memberCommand(verb: 'add' | 'remove'): ClientCommand {
  const preposition = verb === 'add' ? 'to' : 'from';
  return {
    name: `group ${verb}`,
    summary: verb === 'add' ? 'Add a member to a group' : 'Remove a member from a group',
    parameters: [groupParameter, userParameter],
    examples: [{ does: 'By their user name', line: `sallyport group ${verb} engineers alice@acme.example` }],
    run: async (context) => {
      const { connection, place } = await findGroup(context);
      const username = context.input.word(1);
      const json = await connection.call(`${place.path}/users/${encodeURIComponent(username)}`, {
        method: verb === 'add' ? 'POST' : 'DELETE',
        query: place.query,
      });
      return { json, text: `${plain(username)} is ${verb === 'add' ? 'added' : 'removed'} ${preposition} the group.` };
    },
  };
}

async function readGroups(
  connection: Connection,
  wanted: Readonly<Record<string, string | number | undefined>> = {},
): Promise<{ groups: readonly Group[]; organizationId: string }> {
  const organizationId = await connection.organizationId();
  const groups = await readList<readonly Group[]>(connection, path, {
    query: { ...wanted, organizationId },
    rows: '',
    unlimited: 'whole',
  });
  return { groups, organizationId };
}

async function findGroup({ connect, input }: CommandContext) {
  const connection = await connect();
  const { groups, organizationId } = await readGroups(connection);
  const wanted = input.word(0);
  const group = groups.find(({ id }) => id === wanted) ?? groups.find(({ slug }) => slug === wanted);
  if (group === undefined) throw new CliFailure('failed', 'The group was not found. See: sallyport group list');
  return { connection, place: { path: `${path}/${group.id}`, query: { organizationId } } };
}

function shown(group: Group): Outcome {
  const text = facts([
    ['id', group.id],
    ['name', group.name],
    ['slug', group.slug],
    ['role', group.role],
    ['created', group.createdAt],
    ['changed', group.updatedAt],
  ]);
  return { json: group, text };
}

export const groupCommands: readonly ClientCommand[] = [
  list,
  get,
  create,
  update,
  remove,
  members,
  memberCommand('add'),
  memberCommand('remove'),
];
