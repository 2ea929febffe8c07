import type { ClientCommand, CommandContext, Outcome } from '../command.ts';
import { plain, table } from '../output.ts';
import { confirm } from '../read-secret.ts';
import { pageOptions, roleOption, yesOption } from './common-options.ts';

/** The columns of an invitation. */
interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly status: string;
  readonly mailStatus: string;
  readonly warnings?: readonly { readonly code: string; readonly message: string }[];
  readonly expiresAt: string;
  readonly invitedBy: { readonly name: string };
}

interface WithLink {
  readonly invitation: Invitation;
  readonly link: string;
}

const idParameter = { name: 'id', doc: 'The invitation’s id; see: sallyport invitation list.' };
const daysOption = { value: 'days', doc: 'How many days it is valid: 1 to 30, 7 by default.' };

const invite: ClientCommand = {
  name: 'member invite',
  summary: 'Invite a user by e-mail address',
  about:
    'The link is shown only once. Send it to the user: it works for a user who signs in with exactly this address.',
  parameters: [{ name: 'address', doc: 'The address that the identity provider must assert.' }],
  options: {
    role: roleOption,
    groups: { value: 'ids', doc: 'Ids of groups that the user joins, separated by commas.' },
    'expires-in-days': daysOption,
  },
  examples: [
    { does: 'Invite a user', line: 'sallyport member invite zoe@partner.example' },
    { does: 'Invite an admin', line: 'sallyport member invite zoe@partner.example --role admin --expires-in-days 2' },
  ],
  run: async (context) => {
    const { input } = context;
    const groups = input.text('groups');
    const body = {
      email: input.word(0),
      role: input.text('role'),
      groupIds: groups?.split(',').map((id) => id.trim()),
      expiresInDays: input.number('expires-in-days'),
    };
    const { path, call } = await invitationsOf(context);
    return shown(await call<WithLink>(path, { method: 'POST', body }), context);
  },
};

const list: ClientCommand = {
  name: 'invitation list',
  summary: 'List invitations, newest first',
  options: {
    ...pageOptions,
    status: { value: 'status', doc: '`invited`, `accepted`, `revoked` or `expired`.' },
  },
  examples: [{ does: 'Open invitations', line: 'sallyport invitation list --status invited' }],
  run: async (context) => {
    const { input } = context;
    const { path, call } = await invitationsOf(context);
    const body = await call<{ invitations: readonly Invitation[] }>(path, {
      query: { limit: input.number('limit'), offset: input.number('offset'), status: input.text('status') },
    });
    const text = table(
      body.invitations,
      [
        ['ID', ({ id }) => id],
        ['ADDRESS', ({ email }) => email],
        ['ROLE', ({ role }) => role],
        ['STATUS', ({ status }) => status],
        ['MAIL', ({ mailStatus }) => mailStatus],
        ['EXPIRES', ({ expiresAt }) => expiresAt],
        ['INVITED BY', ({ invitedBy }) => invitedBy.name],
        ['WARNINGS', ({ warnings = [] }) => warnings.map(({ code }) => code).join(', ')],
      ],
      'None.',
    );
    return { json: body, text };
  },
};

const renew: ClientCommand = {
  name: 'invitation renew',
  summary: 'Give an invitation a new link and a new expiry; the old link stops working',
  parameters: [idParameter],
  options: { 'expires-in-days': daysOption },
  examples: [{ does: 'A new link', line: 'sallyport invitation renew 0f4ae1d2-8f0b-4c0e-a6f3-2f1c7f5f0a11' }],
  run: async (context) => {
    const { input } = context;
    const { path, call } = await invitationsOf(context);
    const body = { expiresInDays: input.number('expires-in-days') };
    const renewed = `${path}/${encodeURIComponent(input.word(0))}/renew`;
    return shown(await call<WithLink>(renewed, { method: 'POST', body }), context);
  },
};

const revoke: ClientCommand = {
  name: 'invitation revoke',
  summary: 'Revoke an invitation',
  parameters: [idParameter],
  options: { yes: yesOption },
  examples: [{ does: 'Withdraw it', line: 'sallyport invitation revoke 0f4ae1d2-8f0b-4c0e-a6f3-2f1c7f5f0a11 --yes' }],
  run: async (context) => {
    const id = context.input.word(0);
    const { path, call } = await invitationsOf(context);
    await confirm(context, `Revoke the invitation ${plain(id)}?`);
    const body = await call<{ invitation: Invitation }>(`${path}/${encodeURIComponent(id)}`, { method: 'DELETE' });
    return { json: body, text: `The invitation of ${plain(body.invitation.email)} is revoked.` };
  },
};

async function invitationsOf({ connect }: CommandContext) {
  const connection = await connect();
  return {
    path: `/api/v1/organization/${await connection.organizationId()}/invitations`,
    call: connection.call,
  };
}

// Warnings go to standard error, so that a program that reads the link reads nothing else.
function shown(body: WithLink, { say }: CommandContext): Outcome {
  const { email, expiresAt, mailStatus, warnings = [] } = body.invitation;
  const sent = mailStatus === 'queued' ? 'It is also sent by mail.' : '';
  const text = `${plain(email)} is invited until ${plain(expiresAt)}. ${sent}The link, shown only once:\n${plain(body.link)}`;
  for (const { message } of warnings) say(`Warning: ${plain(message)}`);
  return { json: body, text };
}

export const invitationCommands: readonly ClientCommand[] = [invite, list, renew, revoke];
