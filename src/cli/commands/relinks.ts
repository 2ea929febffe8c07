import { usageFailure } from '../cli-failure.ts';
import type { ClientCommand, CommandContext } from '../command.ts';
import { plain, table } from '../output.ts';
import { confirm } from '../read-secret.ts';
import { pageOptions, yesOption } from './common-options.ts';
import { findMember } from './members.ts';

/** What is shown of the permissions. */
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
  summary: 'Let a member, or all of one issuer, link another identity at their next sign-in',
  about:
    'For an organization that moves to another identity provider, or whose provider gave its people new subjects. Until then the member keeps the identity that they have; with the other one its sessions end. It takes a verified domain, and ends after some days. With `--issuer` admins are left out: name them one by one. See docs/members.md.',
  parameters: [{ name: 'member', doc: 'The membership’s id, or the member’s user name or address.', isOptional: true }],
  options: {
    issuer: {
      value: 'url',
      doc: 'Instead of a member: everybody whose identity is of this issuer, spelled exactly so.',
    },
    days: { value: 'count', doc: 'How long it stands; 7 when left out, 30 at most.', isNumber: true },
    'keep-machine-access': {
      doc: 'Machine identities keep the roles and secrets that the member gave them. For a planned move only.',
    },
    yes: yesOption,
  },
  examples: [
    { does: 'Let one member come with another account', line: 'sallyport relink allow alice@acme.example' },
    {
      does: 'The organization has moved away from a provider',
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
    await confirm(context, `Let everybody of ${plain(issuer)} link another identity?`);
    const json = await call<Allowed>(path, { method: 'POST', body: { issuer, ...terms } });
    const who = `Whoever has one of ${json.identityCount} identities of ${plain(issuer)}`;
    return { json, text: `${who} may relink until ${json.expiresAt}, except admins: name them one by one.` };
  },
};

interface Allowed {
  readonly identityCount: number;
  readonly expiresAt: string;
}

const list: ClientCommand = {
  name: 'relink list',
  summary: 'List who may relink and has not yet',
  options: pageOptions,
  examples: [{ does: 'See who has not come yet', line: 'sallyport relink list' }],
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
  summary: 'Let nobody relink any more who has not yet',
  options: { yes: yesOption },
  examples: [{ does: 'When the move is over', line: 'sallyport relink withdraw --yes' }],
  run: async (context) => {
    const { path, call } = await relinkApi(context);
    await confirm(context, 'Take every permission to relink back?');
    const json = await call<{ withdrawnCount: number }>(path, { method: 'DELETE' });
    return { json, text: `${json.withdrawnCount} permissions are taken back.` };
  },
};

async function relinkApi({ connect }: CommandContext) {
  const connection = await connect();
  const path = `/api/v2/organizations/${await connection.organizationId()}/relink-permissions`;
  return { path, call: connection.call };
}

export const relinkCommands: readonly ClientCommand[] = [allow, list, withdraw];
