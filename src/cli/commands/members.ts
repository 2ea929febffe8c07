import { isRecord } from '../api-client.ts';
import { CliFailure, usageFailure } from '../cli-failure.ts';
import type { ClientCommand, CommandContext } from '../command.ts';
import { plain, table } from '../output.ts';
import { readList } from '../read-list.ts';
import { confirm } from '../read-secret.ts';
import { isOn, onOff, pageOptions, roleOption, yesOption } from './common-options.ts';

/** The columns of a membership. */
interface Member {
  readonly id: string;
  readonly role: string;
  readonly isActive: boolean;
  readonly lastLoginTime?: string | null;
  readonly user: {
    readonly username: string;
    readonly email: string;
    readonly firstName: string;
    readonly lastName: string;
  };
}

const memberParameter = { name: 'member', doc: 'The membership’s id, or the member’s user name or address.' };

const endMachineAccess = {
  doc: 'Also end the client secrets and roles that they gave to machine identities. Automation that uses them stops.',
};

const list: ClientCommand = {
  name: 'member list',
  summary: 'List the organization’s members',
  options: { ...pageOptions, search: { value: 'text', doc: 'Part of a name or address.' } },
  examples: [{ does: 'List them', line: 'sallyport member list' }],
  run: async (context) => {
    const { body } = await readMembers(context, {
      limit: context.input.number('limit'),
      offset: context.input.number('offset'),
      search: context.input.text('search'),
    });
    const text = table(
      body.users,
      [
        ['ID', ({ id }) => id],
        ['ADDRESS', ({ user }) => user.email],
        ['NAME', ({ user }) => `${user.firstName} ${user.lastName}`],
        ['ROLE', ({ role }) => role],
        ['ACTIVE', ({ isActive }) => isActive],
        ['LAST LOGIN', ({ lastLoginTime }) => lastLoginTime],
      ],
      'Nobody.',
    );
    return { json: body, text };
  },
};

const update: ClientCommand = {
  name: 'member update',
  summary: 'Change a member’s role, or deactivate and reactivate them',
  parameters: [memberParameter],
  options: {
    role: roleOption,
    active: onOff(
      '`off` deactivates the member and ends what the membership has given: sessions, codes, open invitations.',
    ),
    'end-machine-access': endMachineAccess,
  },
  examples: [
    { does: 'Make a member an admin', line: 'sallyport member update alice@acme.example --role admin' },
    { does: 'Lock a member out', line: 'sallyport member update mallory@acme.example --active off' },
  ],
  run: async (context) => {
    const { input } = context;
    const body = {
      role: input.text('role'),
      isActive: isOn(input.text('active')),
      ...(input.has('end-machine-access') ? { endMachineAccess: true } : {}),
    };
    if (body.role === undefined && body.isActive === undefined) throw usageFailure('Give --role or --active.');
    const { path, call } = await findMember(context);
    return { json: await call(path, { method: 'PATCH', body }), text: `${plain(input.word(0))} is changed.` };
  },
};

const remove: ClientCommand = {
  name: 'member remove',
  summary: 'Remove a member, their groups and what their membership has given',
  parameters: [memberParameter],
  options: { 'end-machine-access': endMachineAccess, yes: yesOption },
  examples: [{ does: 'Remove a member', line: 'sallyport member remove mallory@acme.example --yes' }],
  run: async (context) => {
    const name = plain(context.input.word(0));
    const { path, call } = await findMember(context);
    await confirm(context, `Remove ${name} from the organization?`);
    const query = context.input.has('end-machine-access') ? { endMachineAccess: 'true' } : {};
    return { json: await call(path, { method: 'DELETE', query }), text: `${name} is removed.` };
  },
};

async function readMembers({ connect }: CommandContext, query: Readonly<Record<string, string | number | undefined>>) {
  const connection = await connect();
  const path = `/api/v2/organizations/${await connection.organizationId()}/memberships`;
  const body = await readList<{ users: readonly Member[] }>(connection, path, {
    query,
    rows: 'users',
    unlimited: 'whole',
  });
  return { path, body, call: connection.call };
}

/**
 * Finds the member that the first argument names. An address must match exactly, so that the wrong member is never
 * removed.
 */
export async function findMember(context: CommandContext) {
  const wanted = context.input.word(0);
  const search = wanted.includes('@') ? { search: wanted } : {};
  const { path, body, call } = await readMembers(context, search);
  const found = body.users.filter(({ id, user }) => id === wanted || [user.username, user.email].includes(wanted));
  const [member] = found;
  if (member === undefined || !isRecord(member)) {
    throw new CliFailure('failed', 'The member was not found. See: sallyport member list');
  }
  if (found.length > 1) {
    throw new CliFailure('failed', 'Several members have this name. Name one by id: sallyport member list');
  }
  return { id: member.id, path: `${path}/${member.id}`, call };
}

export const memberCommands: readonly ClientCommand[] = [list, update, remove];
