/**
 * The registry of applications: clients (RFC 6749, section 2) that sign their users in through this server. An
 * organization's application admits that organization's members alone; one of the operator admits the members of every
 * organization, or of those that it lists.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';

import { applicationRoutes } from '../contract/applications.ts';
import type { Mount } from '../http/mount.ts';
import { etagOf } from '../http/precondition.ts';
import { createApplication } from './create-application.ts';
import { createApplicationSecret } from './create-application-secret.ts';
import { deleteApplication } from './delete-application.ts';
import { deleteApplicationSecret } from './delete-application-secret.ts';
import type { ApplicationsDeps } from './deps.ts';
import { listApplications, readApplication, type WithSecrets } from './read-applications.ts';
import { toApplication, toApplicationSecret } from './to-application.ts';
import { updateApplication } from './update-application.ts';

export function mountApplications(mount: Mount, deps: ApplicationsDeps): void {
  mount(applicationRoutes.createApplication, async ({ actor, body, clientInfo, reply }) => {
    const { clientSecret, ...created } = await createApplication(deps, { actor, body, clientInfo });
    return { ...shown(reply, created), ...(clientSecret === undefined ? {} : { clientSecret }) };
  });

  mount(applicationRoutes.listApplications, async ({ actor, query }) => {
    const { applications, totalCount } = await listApplications(deps, actor, query);
    return {
      applications: applications.map(({ application, secrets }) => toApplication(application, secrets)),
      totalCount,
    };
  });

  mount(applicationRoutes.readApplication, async ({ actor, params, reply }) =>
    shown(reply, await readApplication(deps, actor, params.applicationId)),
  );

  mount(applicationRoutes.updateApplication, async ({ actor, params, body, clientInfo, request, reply }) => {
    const change = { actor, clientInfo, body, id: params.applicationId, ifMatch: ifMatchOf(request) };
    return shown(reply, await updateApplication(deps, change));
  });

  mount(applicationRoutes.deleteApplication, async ({ actor, params, clientInfo, request }) => {
    const change = { actor, clientInfo, id: params.applicationId, ifMatch: ifMatchOf(request) };
    const { application, secrets } = await deleteApplication(deps, change);
    return { application: toApplication(application, secrets) };
  });

  mount(applicationRoutes.createApplicationSecret, async ({ actor, params, body, clientInfo }) => {
    const call = { actor, clientInfo, body, id: params.applicationId };
    const { secret, clientSecret } = await createApplicationSecret(deps, call);
    return { secret: toApplicationSecret(secret), clientSecret };
  });

  mount(applicationRoutes.deleteApplicationSecret, async ({ actor, params, clientInfo }) => {
    const call = { actor, clientInfo, id: params.applicationId, secretId: params.secretId };
    return { secret: toApplicationSecret(await deleteApplicationSecret(deps, call)) };
  });
}

function shown(reply: FastifyReply, { application, secrets }: WithSecrets) {
  reply.header('etag', etagOf(application));
  return { application: toApplication(application, secrets) };
}

function ifMatchOf(request: FastifyRequest): string | undefined {
  return request.headers['if-match'];
}
