import type { PracticePerson } from '../practice-idp/practice-people.ts';
import { demoOrganization, type ReadyServer } from './set-up-server.ts';

interface RunningDemo {
  readonly siteUrl: string;
  readonly issuer: string;
  readonly people: readonly PracticePerson[];
  readonly server: ReadyServer;
  /** The data folder. */
  readonly data: string;
}

/** The text that the demo prints when everything runs: the URLs, the users, and how to call the API. */
export function announcement({ siteUrl, issuer, people, server, data }: RunningDemo): string {
  const { token, organizationId } = server;
  const { admin } = server.memory;
  const widest = Math.max(...people.map(({ email }) => email.length));
  const lines = people.map((person) => `  ${person.email.padEnd(widest)}  ${describe(person)}`);
  return `
Sallyport is running, with a practice identity provider beside it.

Sign in to the organization "${demoOrganization.slug}"
  directly      ${siteUrl}/api/v1/sso/oidc/login?orgSlug=${demoOrganization.slug}
  by e-mail     ${siteUrl}/login

Users you can sign in as (no password needed)
${lines.join('\n')}

Instance admin
  e-mail        ${admin.email}
  password      ${admin.password}

API             ${siteUrl}/api/v1   (documentation: ${siteUrl}/api/docs)
  organization  ${organizationId}
  token         ${token}
  for example, read the connection:
  curl -H 'Authorization: Bearer ${token}' '${siteUrl}/api/v1/sso/oidc/config?organizationId=${organizationId}'

Practice identity provider
  issuer        ${issuer}

The data is kept in ${data}. Delete that folder to start again without it.
Ctrl-C stops both.
`;
}

function describe({ email, groups = [] }: PracticePerson): string {
  if (!email.endsWith(`@${demoOrganization.domain}`)) return 'is rejected: an address in another domain';
  return groups.length === 0 ? 'in no group' : `in ${groups.join(' and ')}`;
}
