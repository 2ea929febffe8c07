import { CliFailure } from '../cli-failure.ts';
import type { ClientCommand, CommandContext, Outcome } from '../command.ts';
import { facts, plain, table } from '../output.ts';
import { readList } from '../read-list.ts';
import { confirm } from '../read-secret.ts';
import { yesOption } from './common-options.ts';

/** The columns of a domain. */
interface Domain {
  readonly id: string;
  readonly domain: string;
  readonly status: string;
  readonly verificationRecordName: string;
  readonly verificationCode: string;
  readonly codeExpiresAt: string | null;
  readonly verifiedAt: string | null;
}

const path = '/api/v1/email-domains';
const domainParameter = { name: 'domain', doc: 'The domain, or its id.' };

const list: ClientCommand = {
  name: 'domain list',
  summary: 'List the organization’s e-mail domains',
  examples: [{ does: 'List them', line: 'sallyport domain list' }],
  run: async (context) => {
    const { body } = await readDomains(context);
    const text = table(
      body.emailDomains,
      [
        ['ID', ({ id }) => id],
        ['DOMAIN', ({ domain }) => domain],
        ['STATUS', ({ status }) => status],
        ['VERIFIED', ({ verifiedAt }) => verifiedAt],
      ],
      'The organization has no e-mail domains.',
    );
    return { json: body, text };
  },
};

const add: ClientCommand = {
  name: 'domain add',
  summary: 'Add an e-mail domain; shows the DNS record that verifies it',
  parameters: [{ name: 'domain', doc: 'The domain.' }],
  examples: [{ does: 'Claim it', line: 'sallyport domain add acme.com' }],
  run: async ({ connect, input }) => {
    const connection = await connect();
    const body = { domain: input.word(0), organizationId: await connection.organizationId() };
    return shown(await connection.call(path, { method: 'POST', body }));
  },
};

const verify: ClientCommand = {
  name: 'domain verify',
  summary: 'Check the DNS record now',
  parameters: [domainParameter],
  examples: [{ does: 'After the record was published', line: 'sallyport domain verify acme.com' }],
  run: async (context) => {
    const { connection, query, domain } = await findDomain(context);
    return shown(await connection.call(`${path}/${domain.id}/verify`, { method: 'POST', query, body: {} }));
  },
};

const remove: ClientCommand = {
  name: 'domain delete',
  summary: 'Delete an e-mail domain',
  parameters: [domainParameter],
  options: { yes: yesOption },
  examples: [{ does: 'Delete it', line: 'sallyport domain delete acme.com --yes' }],
  run: async (context) => {
    const { connection, query, domain } = await findDomain(context);
    await confirm(context, `Delete ${plain(domain.domain)}?`);
    const json = await connection.call(`${path}/${domain.id}`, { method: 'DELETE', query });
    return { json, text: `${plain(domain.domain)} is deleted.` };
  },
};

async function readDomains({ connect }: CommandContext) {
  const connection = await connect();
  const query = { organizationId: await connection.organizationId() };
  const wanted = { query, rows: 'emailDomains', unlimited: 'whole' } as const;
  return { connection, query, body: await readList<{ emailDomains: readonly Domain[] }>(connection, path, wanted) };
}

async function findDomain(context: CommandContext) {
  const { connection, query, body } = await readDomains(context);
  const wanted = context.input.word(0);
  const domain = body.emailDomains.find((one) => one.id === wanted || one.domain === wanted.toLowerCase());
  if (domain === undefined) throw new CliFailure('failed', 'The domain was not found. See: sallyport domain list');
  return { connection, query, domain };
}

function shown(body: { emailDomain: Domain }): Outcome {
  const { emailDomain: it } = body;
  const record = [
    ['TXT record', it.verificationRecordName],
    ['its value', it.verificationCode],
    ['record needed by', it.codeExpiresAt],
  ] as const;
  const text = facts([
    ['id', it.id],
    ['domain', it.domain],
    ['status', it.status],
    ...(it.status === 'verified' ? [] : record),
  ]);
  return { json: body, text };
}

export const domainCommands: readonly ClientCommand[] = [list, add, verify, remove];
