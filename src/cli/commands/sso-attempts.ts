import type { LoginAttempt, LoginAttemptSummary } from '../../contract/login-attempts.ts';
import type { ClientCommand } from '../command.ts';
import { facts, plain, table } from '../output.ts';
import { readList } from '../read-list.ts';
import { pageOptions } from './common-options.ts';

const path = '/api/v1/sso/oidc/login-attempts';

/** The response of the list of attempts. */
interface Attempts {
  readonly loginAttempts: readonly LoginAttemptSummary[];
  readonly totalCount: number;
  readonly omittedCount: number;
}

const list: ClientCommand = {
  name: 'sso attempts',
  summary: 'List the organization’s sign-in attempts, newest first',
  options: {
    ...pageOptions,
    outcome: {
      value: 'outcome',
      doc: 'Only attempts with this outcome.',
      choices: ['started', 'succeeded', 'refused'],
    },
    code: { value: 'code', doc: 'Only attempts that were refused with this code.' },
    email: { value: 'address', doc: 'Only attempts of the member with this address.' },
    since: { value: 'time', doc: 'From this time on (ISO 8601).' },
    until: { value: 'time', doc: 'Up to this time (ISO 8601).' },
  },
  examples: [
    { does: 'The latest refusals', line: 'sallyport sso attempts --outcome refused --limit 10' },
    { does: 'When a user signed in', line: 'sallyport sso attempts --email alice@acme.example' },
  ],
  run: async ({ connect, input }) => {
    const connection = await connect();
    const query = {
      organizationId: await connection.organizationId(),
      limit: input.number('limit'),
      offset: input.number('offset'),
      outcome: input.text('outcome'),
      code: input.text('code'),
      email: input.text('email'),
      startDate: input.text('since'),
      endDate: input.text('until'),
    };
    const body = await readList<Attempts>(connection, path, { query, rows: 'loginAttempts', unlimited: 'page' });
    const rows = table(
      body.loginAttempts,
      [
        ['ATTEMPT', ({ id }) => id],
        ['TIME', ({ startedAt }) => startedAt],
        ['OUTCOME', ({ outcome }) => outcome],
        ['WHO', ({ email }) => email],
        ['WHAT HAPPENED', ({ code, explanation }) => (code === null ? '' : explanation.whatHappened)],
      ],
      'None.',
    );
    const omitted =
      body.omittedCount === 0 ? '' : `\n${body.omittedCount} further refusals were counted but not recorded.`;
    return { json: body, text: rows + omitted };
  },
};

const show: ClientCommand = {
  name: 'sso attempt',
  summary: 'Show a sign-in attempt step by step, and what to do',
  parameters: [{ name: 'attempt', doc: 'The id that the error page shows.' }],
  examples: [{ does: 'Explain a failed sign-in', line: 'sallyport sso attempt 0b9b0b4e-6f0c-4a58-9a3e-3c1b6f2f7f10' }],
  run: async ({ connect, input }) => {
    const connection = await connect();
    const query = { organizationId: await connection.organizationId() };
    // A member may have read it aloud, in groups or in capitals.
    const id = input.word(0).replaceAll(/\s/gu, '').toLowerCase();
    const body = await connection.call<LoginAttempt>(`${path}/${encodeURIComponent(id)}`, { query });
    return { json: body, text: describe(body) };
  },
};

function describe(attempt: LoginAttempt): string {
  const { explanation, route, provisioning, groups } = attempt;
  const parts = [
    facts([
      ['attempt', attempt.id],
      ['outcome', attempt.code === null ? attempt.outcome : `${attempt.outcome}: ${attempt.code}`],
      ['started', attempt.startedAt],
      ['took', attempt.durationMs === null ? 'not finished' : `${attempt.durationMs} ms`],
      ['who', attempt.email],
      ['from', attempt.ipAddress],
      ['route', route?.reason],
      ['account', provisioning === null ? undefined : `${provisioning.decision}: ${provisioning.reason}`],
      ['groups', groups === null ? undefined : describeGroups(groups)],
    ]),
    stepsOf(attempt),
    `What happened: ${plain(explanation.whatHappened)}`,
    ...(explanation.whatToDo === null ? [] : [`What to do: ${plain(explanation.whatToDo)}`]),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function describeGroups({ added, removed, reason }: NonNullable<LoginAttempt['groups']>): string {
  const changes = [
    ...(added.length > 0 ? [`joined ${added.join(', ')}.`] : []),
    ...(removed.length > 0 ? [`left ${removed.join(', ')}.`] : []),
  ];
  return [...changes, reason].join(' ');
}

const marks = { passed: 'ok', failed: 'FAILED', skipped: '-' } as const;

function stepsOf({ steps }: LoginAttempt): string {
  if (steps.length === 0) return '';
  return table(
    steps,
    [
      ['STEP', ({ name }) => name],
      ['', ({ outcome }) => marks[outcome]],
      ['MS', ({ durationMs }) => durationMs],
      ['FOUND', ({ found }) => found],
      ['EXPECTED', ({ expected }) => expected],
    ],
    '',
  );
}

export const ssoAttemptCommands: readonly ClientCommand[] = [list, show];
