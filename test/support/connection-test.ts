import type { ConnectionTestReport, ConnectionTestStepName } from '../../src/contract/connection-test.ts';
import type { Answer, TestServer } from './server.ts';

/** Has a server test a connection. */
export async function testConnection(
  server: TestServer,
  token: string,
  json: { readonly organizationId: string } & Readonly<Record<string, unknown>>,
): Promise<Answer> {
  return server.call('/api/v1/sso/oidc/config/test', { token, json });
}

/** The names of the steps with an outcome. */
export function stepsThat(report: ConnectionTestReport, outcome: string): ConnectionTestStepName[] {
  return report.steps.filter((step) => step.outcome === outcome).map(({ name }) => name);
}

/** One step of a report. */
export function stepOf(report: ConnectionTestReport, name: ConnectionTestStepName) {
  const step = report.steps.find((one) => one.name === name);
  if (step === undefined) throw new Error(`no step ${name}`);
  return step;
}
