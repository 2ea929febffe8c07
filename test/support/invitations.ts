import type { Answer, TestServer } from './server.ts';

/** An invitation as its admin got it, and the token of its link. */
export interface Invited {
  readonly id: string;
  readonly link: string;
  readonly token: string;
}

export const invitationsUrl = (organizationId: string, rest = '') =>
  `/api/v1/organization/${organizationId}/invitations${rest}`;

/** Invites an e-mail address; fails if the server refuses. */
export async function invite(
  server: TestServer,
  { token, organizationId }: { token: string; organizationId: string },
  json: Readonly<Record<string, unknown>>,
): Promise<Invited> {
  return invitedBy(await server.call(invitationsUrl(organizationId), { token, json }));
}

/** What an answer with a link says. */
export function invitedBy({ status, text, body }: Answer): Invited {
  if (status !== 200) throw new Error(text);
  const { invitation, link } = body;
  return { id: invitation.id, link, token: new URL(link).searchParams.get('token') ?? '' };
}
