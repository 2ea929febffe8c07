import type { ConnectionTestReport, ConnectionTestStep } from '../../contract/connection-test.ts';
import { failureOf, isSuccess, problemOf } from '../api-client.ts';
import { CliFailure } from '../cli-failure.ts';
import type { ClientCommand } from '../command.ts';
import { plain } from '../output.ts';
import { readSsoSettings, ssoOptions } from './sso-settings.ts';

export const test: ClientCommand = {
  name: 'sso test',
  summary: 'Test the identity provider without a user, and change nothing',
  about:
    'With options it tries the stored configuration as they would change it, or a new one. The stored client secret is only sent where it was entered for. It ends with 1 when a step failed; warnings do not count.',
  options: ssoOptions,
  examples: [
    { does: 'Test the stored connection', line: 'sallyport sso test' },
    {
      does: 'Test a provider before you store it',
      line: 'sallyport sso test --discovery-url https://idp.example.com --client-id "$ID" --client-secret-file secret.txt',
    },
    { does: 'Test a new client secret', line: 'pass show idp | sallyport sso test --client-secret-file -' },
  ],
  run: async (context) => {
    const settings = await readSsoSettings(context);
    const connection = await context.connect();
    const organizationId = await connection.organizationId();
    const answer = await connection.ask('/api/v1/sso/oidc/config/test', {
      method: 'POST',
      body: { organizationId, ...settings },
    });
    if (problemOf(answer).code === 'route_not_found') {
      throw new CliFailure('failed', 'This server cannot test a connection. Sign in through it instead.');
    }
    if (!isSuccess(answer)) throw failureOf(answer);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server's own contract
    const report = answer.body as ConnectionTestReport;
    const marks = context.world.streams.output.isTTY === true ? signs : words;
    return {
      json: report,
      text: `${describe(report, marks)}${requestOf(report, answer.headers)}`,
      isFailure: !report.ok,
    };
  },
};

type Marks = Readonly<Record<ConnectionTestStep['outcome'], string>>;

const signs: Marks = { passed: '✓', warning: '!', failed: '✗', skipped: '-' };
// A file or another program may not support the symbols.
const words: Marks = { passed: 'ok  ', warning: 'warn', failed: 'FAIL', skipped: 'skip' };

const nameWidth = 'clientAuthentication'.length;

function describe({ profile, steps }: ConnectionTestReport, marks: Marks): string {
  const heading = profile === undefined ? [] : [`Identity provider: ${plain(profile.name)}`, ''];
  return [...heading, ...steps.flatMap((step) => describeStep(step, marks)), '', conclusion(steps)].join('\n');
}

// A step that passed needs only its line.
function describeStep({ name, outcome, message, ...more }: ConnectionTestStep, marks: Marks): string[] {
  const mark = marks[outcome];
  const line = `${mark} ${plain(name).padEnd(nameWidth)}  ${plain(message)}`;
  if (more.action === undefined) return [line];
  const indent = ' '.repeat(mark.length + 1 + nameWidth + 2);
  const details = [
    ['expected', more.expected],
    ['found', more.found],
    ['do', more.action],
  ] as const;
  return [
    line,
    ...details.flatMap(([label, text]) => (text === undefined ? [] : [`${indent}${label.padEnd(8)} ${plain(text)}`])),
  ];
}

function conclusion(steps: readonly ConnectionTestStep[]): string {
  const count = (outcome: ConnectionTestStep['outcome']) => steps.filter((step) => step.outcome === outcome).length;
  const [failed, warnings] = [count('failed'), count('warning')];
  if (failed === 0 && warnings === 0) return 'Everything that can be tested without a user works.';
  return failed === 0
    ? `Everything that can be tested without a user works, with ${times(warnings, 'warning')}.`
    : `${times(failed, 'step')} failed, ${times(warnings, 'warning')}.`;
}

// Only the server's log says why a host was not reached.
function requestOf({ ok }: ConnectionTestReport, headers: Headers): string {
  const id = headers.get('x-request-id');
  return ok || id === null ? '' : ` The server's log has more under request ${plain(id)}.`;
}

function times(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
