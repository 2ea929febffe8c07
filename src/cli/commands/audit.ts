import type { ClientCommand } from '../command.ts';
import { table } from '../output.ts';
import { readList } from '../read-list.ts';
import { pageOptions } from './common-options.ts';

/** The columns of an entry. */
interface Entry {
  readonly createdAt: string;
  readonly actor: { readonly type: string; readonly metadata: Readonly<Record<string, unknown>> };
  readonly event: { readonly type: string; readonly metadata: unknown };
  readonly ipAddress: string;
}

const list: ClientCommand = {
  name: 'audit list',
  summary: 'List the organization’s audit trail, newest first',
  options: {
    ...pageOptions,
    event: { value: 'type', doc: 'Only events of this type.' },
    actor: { value: 'type', doc: 'Only entries of this type of actor.' },
    since: { value: 'time', doc: 'From this time on (ISO 8601).' },
    until: { value: 'time', doc: 'Up to this time (ISO 8601).' },
  },
  examples: [
    { does: 'The latest entries', line: 'sallyport audit list --limit 50' },
    {
      does: 'Refused sign-ins of June',
      line: 'sallyport audit list --event sign-in-refused --since 2026-06-01T00:00:00Z --until 2026-07-01T00:00:00Z',
    },
  ],
  run: async ({ connect, input }) => {
    const connection = await connect();
    const query = {
      organizationId: await connection.organizationId(),
      limit: input.number('limit'),
      offset: input.number('offset'),
      eventType: input.text('event'),
      actorType: input.text('actor'),
      startDate: input.text('since'),
      endDate: input.text('until'),
    };
    const body = await readList<{ auditLogs: readonly Entry[] }>(connection, '/api/v1/organization/audit-logs', {
      query,
      rows: 'auditLogs',
      unlimited: 'page',
    });
    const text = table(
      body.auditLogs,
      [
        ['TIME', ({ createdAt }) => createdAt],
        ['EVENT', ({ event }) => event.type],
        [
          'WHO',
          ({ actor }) => actor.metadata['email'] ?? actor.metadata['name'] ?? actor.metadata['issuer'] ?? actor.type,
        ],
        ['FROM', ({ ipAddress }) => ipAddress],
        ['FACTS', ({ event }) => event.metadata],
      ],
      'Nothing.',
    );
    return { json: body, text };
  },
};

export const auditCommands: readonly ClientCommand[] = [list];
