import { usageFailure } from '../cli-failure.ts';
import type { ClientCommand, CommandContext } from '../command.ts';
import { plain, table } from '../output.ts';
import { confirm } from '../read-secret.ts';
import { pageOptions, yesOption } from './common-options.ts';
import { findMember } from './members.ts';

/** The columns of a permission. */
interface Permissions {
  readonly issuers: readonly { readonly issuer: string; readonly identityCount: number; readonly expiresAt: string }[];
  readonly relinkPermissions: readonly {
    readonly email: string;
    readonly issuer: string;
    readonly expiresAt: string;
  }[];
}

const allow: ClientCommand = {
  name: 'relink allow',
  summary: 'Allow a member, or all of one issuer, to link another identity at their next sign-in',
  about:
    'For an organization that moves to another identity provider, or whose provider changed its subjects. Until the next sign-in, the member keeps the current identity. With the new one, the sessions of the old one end. The permission requires a verified domain and expires after some days. `--issuer` leaves admins out: name them one by one. See docs/members.md.',
  parameters: [{ name: 'member', doc: 'The membership’s id, or the member’s user name or address.', isOptional: true }],
  options: {
    issuer: {
      value: 'url',
      doc: 'Instead of a member: every member with an identity of this issuer, in exactly this spelling.',
    },
    days: { value: 'count', doc: 'How many days it is valid: 7 by default, up to 30.', isNumber: true },
    'keep-machine-access': {
      doc: 'Machine identities keep the roles and secrets that the member gave them. Only for a planned move.',
    },
    yes: yesOption,
  },
  examples: [
    { does: 'Allow one member to use another account', line: 'sallyport relink allow alice@acme.example' },
    {
      does: 'Move away from a provider',
      line: 'sallyport relink allow --issuer https://old-idp.example.com --days 14 --yes',
    },
  ],
  run: async (context) => {
    const { input } = context;
    const [name, issuer] = [input.word(0), input.text('issuer')];
    if ((name === '') === (issuer === undefined)) throw usageFailure('Give a member or --issuer.');
    const { path, call } = await relinkApi(context);
    const terms = {
      expiresInDays: input.number('days'),
      ...(input.has('keep-machine-access') ? { keepMachineAccess: true } : {}),
    };
    if (issuer === undefined) {
      const { id } = await findMember(context);
      const json = await call<Allowed>(path, { method: 'POST', body: { membershipIds: [id], ...terms } });
      return { json, text: `${plain(name)} may relink until ${json.expiresAt}.` };
    }
    await confirm(context, `Allow every member of ${plain(issuer)} to link another identity?`);
    const json = await call<Allowed>(path, { method: 'POST', body: { issuer, ...terms } });
    const who = `The members with one of ${json.identityCount} identities of ${plain(issuer)}`;
    return { json, text: `${who} may relink until ${json.expiresAt}, except admins: name them one by one.` };
  },
};

interface Allowed {
  readonly identityCount: number;
  readonly expiresAt: string;
}

const list: ClientCommand = {
  name: 'relink list',
  summary: 'List the members who may relink and have not done so',
  options: pageOptions,
  examples: [{ does: 'See which members have not relinked', line: 'sallyport relink list' }],
  run: async (context) => {
    const { input } = context;
    const { path, call } = await relinkApi(context);
    const query = { limit: input.number('limit'), offset: input.number('offset') };
    const json = await call<Permissions>(path, { query });
    const rows = [
      ...json.issuers.map(({ identityCount, ...row }) => ({ who: `${identityCount} members, no admins`, ...row })),
      ...json.relinkPermissions.map(({ email, ...row }) => ({ who: email, ...row })),
    ];
    const text = table(
      rows,
      [
        ['WHO', ({ who }) => who],
        ['ISSUER', ({ issuer }) => issuer],
        ['UNTIL', ({ expiresAt }) => expiresAt],
      ],
      'Nobody.',
    );
    return { json, text };
  },
};

const withdraw: ClientCommand = {
  name: 'relink withdraw',
  summary: 'Withdraw every unused permission to relink',
  options: { yes: yesOption },
  examples: [{ does: 'When the move is over', line: 'sallyport relink withdraw --yes' }],
  run: async (context) => {
    const { path, call } = await relinkApi(context);
    await confirm(context, 'Withdraw every permission to relink?');
    const json = await call<{ withdrawnCount: number }>(path, { method: 'DELETE' });
    return { json, text: `${json.withdrawnCount} permissions are withdrawn.` };
  },
};

async function relinkApi({ connect }: CommandContext) {
  const connection = await connect();
  const path = `/api/v2/organizations/${await connection.organizationId()}/relink-permissions`;
  return { path, call: connection.call };
}

export const relinkCommands: readonly ClientCommand[] = [allow, list, withdraw];
