/**
 * A hostile admin with every permission in their own organization puts another organization's IDs into each place of
 * each request, one place at a time. Nothing is read or written, and the response equals that for an ID that never
 * existed.
 */
import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import { apiRoutes } from '../../src/contract/api.ts';
import type { RouteContract } from '../../src/contract/route.ts';
import { openBrowser } from '../support/browser-client.ts';
import { addMember, type Person, withoutRequestId } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { invite } from '../support/invitations.ts';
import { type SceneOrganization, beginSignIn, useLoginScene } from '../support/login-scene.ts';
import { configUrl, customConfig } from '../support/oidc-config-body.ts';
import type { Answer } from '../support/server.ts';
import { expectUntouched, readEverything } from '../support/stored-rows.ts';

/** The resources of an organization, keyed by the field that refers to them. */
type Ids = Readonly<Record<string, string>>;

interface Belongings {
  readonly slug: string;
  readonly admin: Person;
  readonly codes: readonly string[];
  readonly ids: Ids;
}

/** A request in which one identifier belongs to another organization. */
interface Attack {
  readonly place: string;
  readonly path: string;
  readonly json: object | undefined;
}

const organizationFields = ['organizationId', 'orgId'];
/** Fields with several IDs: the caller's own beside the foreign one. */
const lists: Ids = { groupIds: 'groupId', membershipIds: 'membershipId' };
/** What a body needs in addition to identifiers. */
const bodies: Readonly<Record<string, object>> = {
  createOidcConfig: customConfig(''),
  createInvitation: { email: `${randomUUID()}@invited.example` },
  createGroup: { name: 'Planted' },
  createEmailDomain: { domain: 'planted-here.com' },
  createIdentity: { name: 'planted' },
  createApplication: { name: 'planted', redirectUris: ['https://planted.example/callback'] },
  createApplicationSecret: {},
  createAuditWebhook: { url: 'https://127.0.0.1:9/' },
};
/** Lists for a user who is not a member, which are therefore empty. */
const filters = ['listLoginAttempts', 'listOrganizationSessions', 'endOrganizationSessions'].map(
  (id) => `${id} userId`,
);
const emptyLists = [...filters, 'listGroupUsers username'];

describe.each(engines)("another organization's ids in the requests of a hostile admin (%s)", (engine) => {
  let own: Belongings;
  let foreign: Belongings;

  const scene = useLoginScene(engine, { SALLYPORT_DNS_SERVERS: '127.0.0.1:9' });
  beforeAll(async () => {
    own = await addBelongings();
    foreign = await addBelongings();
  });

  const make = async (path: string, options: object): Promise<Answer['body']> => {
    const answer = await scene.server.call(path, { token: scene.boot.token, ...options });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`);
    return answer.body;
  };

  async function addBelongings(): Promise<Belongings> {
    const organization = await scene.addOrganization({ config: { tokenEndpointAuthMethod: 'private_key_jwt' } });
    const { id: organizationId, slug } = organization;
    const admin = await addMember(scene.server, scene.boot, { organizationId, role: 'admin' });
    const member = await addMember(scene.server, scene.boot, { organizationId, role: 'member' });
    const at = { token: admin.token, organizationId };
    const invitation = await invite(scene.server, at, { email: `${randomUUID()}@invited.example` });
    const { identity } = await make('/api/v1/identities', { json: { name: 'robot', organizationId } });
    const authUrl = `/api/v1/auth/universal-auth/identities/${identity.id}`;
    await make(authUrl, { json: {} });
    const ofOrganization = `/api/v1/organization/${organizationId}`;
    await make(`${ofOrganization}/audit-webhook`, { json: { url: 'https://127.0.0.1:9/', isActive: false } });
    const { codes } = await make(`${ofOrganization}/break-glass-codes`, { token: admin.token, method: 'POST' });
    const wiki = { name: 'Wiki', organizationId, redirectUris: ['https://wiki.example/callback'] };
    const { application } = await make('/api/v1/applications', { json: wiki });
    const domain = { domain: `${randomUUID()}.com`, organizationId };
    const rows = await rowsOf(organizationId, member.userId);
    const ids = {
      organizationId,
      orgId: organizationId,
      attemptId: await failAttempt(organization),
      ...rows,
      userId: member.userId,
      username: member.email,
      invitationId: invitation.id,
      identityId: identity.id,
      clientSecretId: (await make(`${authUrl}/client-secrets`, { json: {} })).clientSecretData.id,
      applicationId: application.id,
      secretId: application.secrets[0].id,
      groupId: (await make('/api/v1/groups', { json: { name: randomUUID(), organizationId } })).id,
      domainId: (await make('/api/v1/email-domains', { json: domain })).emailDomain.id,
    };
    return { slug, admin, codes, ids };
  }

  /** A sign-in that is rejected; returns the ID of its record. */
  async function failAttempt(organization: SceneOrganization): Promise<string> {
    organization.idp.mutate({ idTokenClaims: (claims) => ({ ...claims, aud: 'another' }) });
    const browser = openBrowser();
    const { location } = await browser.visit(await beginSignIn(scene, { organization, browser }));
    return new URL(location).searchParams.get('attempt') ?? '';
  }

  async function rowsOf(organizationId: string, userId: string) {
    const { db } = scene.server.database;
    const of = (table: 'sessions' | 'memberships') =>
      db.selectFrom(table).select('id').where('user_id', '=', userId).where('organization_id', '=', organizationId);
    const session = await of('sessions').executeTakeFirstOrThrow();
    return { sessionId: session.id, membershipId: (await of('memberships').executeTakeFirstOrThrow()).id };
  }

  function attacksOn(route: RouteContract, strange: Ids): Attack[] {
    const inPath = [...route.url.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
    const [inQuery, inBody] = [route.query, route.body].map((schema) =>
      fieldsOf(schema).filter((name) => own.ids[name] !== undefined || lists[name] !== undefined),
    );
    const places = [
      ...inPath.map((name) => ['path', name] as const),
      ...(inQuery ?? []).map((name) => ['query', name] as const),
      ...(inBody ?? []).map((name) => ['body', name] as const),
    ];
    return places.map(([where, strangeName]) => {
      const value = (in_: string, name: string) =>
        (in_ === where && name === strangeName ? strange : own.ids)[nameOf(route, name)] ?? '';
      const values = (in_: string, name: string) =>
        lists[name] === undefined ? value(in_, name) : [own.ids, strange].map((ids) => ids[lists[name] ?? '']);
      // A filter is sent only if it is the attack.
      const query = (inQuery ?? []).filter((name) => organizationFields.includes(name) || name === strangeName);
      const search = new URLSearchParams(query.map((name) => [name, value('query', name)]));
      const path = inPath.reduce(
        (url, name) => url.replace(`:${name}`, encodeURIComponent(value('path', name))),
        route.url,
      );
      const fields = Object.fromEntries((inBody ?? []).map((name) => [name, values('body', name)]));
      const json = route.body === undefined ? undefined : { ...bodies[route.operationId], ...fields };
      return { place: `${route.operationId} ${strangeName}`, path: `${path}?${search.toString()}`, json };
    });
  }

  const attacked = apiRoutes.filter(({ access }) => access === 'organization' || access === 'user');

  it.each(attacked.map((route) => [route.operationId, route] as const))('H219, H220: %s', async (_name, route) => {
    const nobody = Object.fromEntries(Object.keys(own.ids).map((name) => [name, randomUUID()]));
    const unknown = attacksOn(route, nobody);
    const send = async ({ path, json }: Attack): Promise<Answer> => {
      const body = json === undefined ? {} : { json };
      return scene.server.call(path, { method: route.method, token: own.admin.token, ...body });
    };
    for (const [index, attack] of attacksOn(route, foreign.ids).entries()) {
      const before = await readEverything(scene.server.database);
      const answer = await send(attack);
      expect([attack.place, answer.status]).toEqual([attack.place, emptyLists.includes(attack.place) ? 200 : 404]);
      const shown = [...Object.values(foreign.ids), foreign.admin.email].filter((text) => answer.text.includes(text));
      expect([attack.place, shown]).toEqual([attack.place, []]);
      expect(withoutRequestId(answer)).toBe(withoutRequestId(await send(unknown[index] ?? attack)));
      await expectUntouched(scene.server.database, before);
    }
  });

  it.each(apiRoutes.filter(hasPlace).map((route) => [route.operationId, route] as const))(
    'H262: %s fails for no text in place of an identifier',
    async (_name, route) => {
      for (const odd of oddTexts) {
        const names = [...Object.keys(own.ids), 'configId'];
        const strange = Object.fromEntries(names.map((name) => [name, odd]));
        for (const { place, path, json } of attacksOn(route, strange)) {
          const body = json === undefined ? {} : { json };
          const options = { method: route.method, token: own.admin.token, ...body };
          const { status } = await scene.server.call(path, options);
          const isListed = emptyLists.includes(place) && status === 200;
          expect([place, odd, status]).toEqual([place, odd, isListed ? 200 : expect.toBeOneOf([400, 404, 414, 422])]);
        }
      }
    },
  );

  it('H219: publishes keys only under the id of their own connection', async () => {
    const { configId } = await make(`${configUrl}/options?organizationId=${foreign.ids['organizationId']}`, {});
    const published = await scene.server.call(`${configUrl}/${configId}/jwks.json`);
    expect(published.body.keys).toHaveLength(1);
    expect(published.text).not.toMatch(/"(?:d|p|q|dp|dq|qi|k)"/);
    const places = [
      foreign.ids['organizationId'],
      `${configId}.`,
      `${configId}%00`,
      configId.toUpperCase(),
      '..',
      '%2e%2e',
    ];
    const answers = await Promise.all(places.map((id) => scene.server.call(`${configUrl}/${id}/jwks.json`)));
    expect(answers.map(({ status }) => status)).toEqual(places.map(() => 404));
  });

  it('H243: a break-glass code works only for its owner in its organization', async () => {
    const [code = ''] = own.codes;
    const use = async (organizationSlug: string, email: string) =>
      scene.server.call('/api/v1/auth/break-glass', { json: { organizationSlug, email, code } });
    const elsewhere = [
      await use(foreign.slug, own.admin.email),
      await use(foreign.slug, foreign.admin.email),
      await use(own.slug, foreign.admin.email),
    ];
    expect(elsewhere.map(({ status, body }) => [status, body.code])).toEqual(
      elsewhere.map(() => [401, 'credentials_invalid']),
    );
    expect((await use(own.slug, own.admin.email)).status).toBe(200);
  });
});

const oddTexts = ['\0', 'a\0b', '\u{10ffff}', "'", '%', '../..', 'x'.repeat(255), 'x'.repeat(600), ' ', '__proto__'];

/** Whether an endpoint takes the ID of a resource or of the connection. */
function hasPlace({ url, query, body, operationId }: RouteContract): boolean {
  const fields = [...fieldsOf(query), ...fieldsOf(body), ...[...url.matchAll(/:(\w+)/g)].map(([, name = '']) => name)];
  return operationId !== 'createOrganization' && fields.some((name) => name.endsWith('Id') || name === 'id');
}

function fieldsOf(schema: object | undefined): string[] {
  return schema !== undefined && 'properties' in schema ? Object.keys(schema.properties ?? {}) : [];
}

/** The key of a path parameter among the resources. */
function nameOf({ url }: RouteContract, name: string): string {
  if (name !== 'id') return name;
  return url.includes('/groups/') ? 'groupId' : 'domainId';
}
