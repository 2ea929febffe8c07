import type { PracticePerson } from '../../src/practice-idp/practice-people.ts';
import { demoOrganization, type ReadyServer } from './set-up-server.ts';

interface RunningDemo {
  readonly siteUrl: string;
  readonly issuer: string;
  readonly people: readonly PracticePerson[];
  readonly server: ReadyServer;
}

/** What the demo prints when everything runs: where to go, who to be, and how to call the API. */
export function announcement({ siteUrl, issuer, people, server }: RunningDemo): string {
  const { token, organizationId } = server;
  const { admin } = server.memory;
  const widest = Math.max(...people.map(({ email }) => email.length));
  const lines = people.map((person) => `  ${person.email.padEnd(widest)}  ${describe(person)}`);
  return `
Sallyport is running, with a practice identity provider beside it.

Sign in to the organization "${demoOrganization.slug}"
  at once       ${siteUrl}/api/v1/sso/oidc/login?orgSlug=${demoOrganization.slug}
  by address    ${siteUrl}/login

People you can sign in as (no password is asked for)
${lines.join('\n')}

Administrator of the server
  e-mail        ${admin.email}
  password      ${admin.password}

API             ${siteUrl}/api/v1   (documentation: ${siteUrl}/api/docs)
  organization  ${organizationId}
  token         ${token}
  for example, the configuration:
  curl -H 'Authorization: Bearer ${token}' '${siteUrl}/api/v1/sso/oidc/config?organizationId=${organizationId}'

Practice identity provider
  issuer        ${issuer}

The data is in ./data, the next start goes on with it; delete the folder to start afresh.
Ctrl-C stops both.
`;
}

function describe({ email, groups = [] }: PracticePerson): string {
  if (!email.endsWith(`@${demoOrganization.domain}`)) return 'is refused: an address of another domain';
  return groups.length === 0 ? 'in no group' : `in ${groups.join(' and ')}`;
}
