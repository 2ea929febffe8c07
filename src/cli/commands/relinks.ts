import { usageFailure } from '../cli-failure.ts';
import type { ClientCommand, CommandContext } from '../command.ts';
import { plain, table } from '../output.ts';
import { confirm } from '../read-secret.ts';
import { pageOptions, yesOption } from './common-options.ts';
import { findMember } from './members.ts';

/** What is shown of a permission. */
interface Permission {
  readonly email: string;
  readonly issuer: string;
  readonly scope: string;
  readonly expiresAt: string;
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
    const expiresInDays = input.number('days');
    if (issuer === undefined) {
      const { id } = await findMember(context);
      const json = await call<Allowed>(path, { method: 'POST', body: { membershipIds: [id], expiresInDays } });
      return { json, text: `${plain(name)} may relink until ${json.expiresAt}.` };
    }
    await confirm(context, `Let everybody of ${plain(issuer)} link another identity?`);
    const json = await call<Allowed>(path, { method: 'POST', body: { issuer, expiresInDays } });
    return { json, text: textOf(json) };
  },
};

interface Allowed {
  readonly allowedCount: number;
  readonly skippedCount: { readonly admins: number; readonly otherDomains: number };
  readonly expiresAt: string;
}

function textOf({ allowedCount, skippedCount: { admins, otherDomains }, expiresAt }: Allowed): string {
  return [
    `${allowedCount} members may relink until ${expiresAt}.`,
    ...(admins === 0 ? [] : [`${admins} admins are left out: name them one by one.`]),
    ...(otherDomains === 0
      ? []
      : [`${otherDomains} members are left out: the domains of their addresses are not verified.`]),
  ].join('\n');
}

const list: ClientCommand = {
  name: 'relink list',
  summary: 'List the members who may relink and have not yet',
  options: pageOptions,
  examples: [{ does: 'See who has not come yet', line: 'sallyport relink list' }],
  run: async (context) => {
    const { input } = context;
    const { path, call } = await relinkApi(context);
    const query = { limit: input.number('limit'), offset: input.number('offset') };
    const json = await call<{ relinkPermissions: readonly Permission[] }>(path, { query });
    const text = table(
      json.relinkPermissions,
      [
        ['ADDRESS', ({ email }) => email],
        ['ISSUER', ({ issuer }) => issuer],
        ['MAY COME WITH', ({ scope }) => (scope === 'any' ? 'any identity' : 'another issuer')],
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
