import { beforeAll, describe, expect, it } from 'vitest';

import { apiRoutes } from '../../src/contract/api.ts';
import type { BrowserClient } from '../support/browser-client.ts';
import { invite } from '../support/invitations.ts';
import { type SceneOrganization, signIn, useLoginScene } from '../support/login-scene.ts';
import { expectUntouched, readEverything } from '../support/stored-rows.ts';

/** Headers that browsers send with a request from a page on another site. */
const fromElsewhere: readonly (readonly [what: string, headers: Record<string, string>])[] = [
  ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['a sibling of the site', { origin: 'https://other.localhost', 'sec-fetch-site': 'same-site' }],
  ['a page without an origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['a browser that names no origin', { 'sec-fetch-site': 'cross-site' }],
  ['a browser that names nothing else', { origin: 'https://evil.example' }],
];
/** The media types that a page may send without a preflight request (Fetch, section 4.9). */
const simpleTypes = ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'];

interface Form {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Endpoints for clients, which authenticate themselves and send no cookie of a user. */
const isOfProvider = (route: string) => route.includes(' /oauth/');
/** This form is on a page only while an application's request waits. Its own tests are in test/openid-provider. */
const applicationForm = 'POST /login/application/:id';

describe('a page of another site', () => {
  let organization: SceneOrganization;
  let member: BrowserClient;
  let forms: readonly Form[];

  const scene = useLoginScene('sqlite');
  beforeAll(async () => {
    organization = await scene.addOrganization();
    ({ browser: member } = await signIn(scene, { organization }));
    // Started on another site too, so that a page asks whether it may replace this session.
    await signIn(scene, { organization: await scene.bystander(), browser: member });
    const of = { token: scene.boot.token, organizationId: organization.id };
    const { token } = await invite(scene.server, of, { email: 'wanted@acme.example', role: 'member' });
    const shown = ['/login', '/login/admin', '/login/break-glass', `/invitation?token=${token}`];
    const ofSession = ['/login/select-organization', '/login/select-organization?callback_port=45454', '/login/switch'];
    forms = (await Promise.all([...shown, ...ofSession].map(formsOn))).flat();
  });

  /** The forms on the pages that the member sees. */
  async function formsOn(path: string): Promise<Form[]> {
    const { status, text } = await member.visit(`${scene.server.url}${path}`);
    expect([path, status]).toEqual([path, 200]);
    return [...text.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gsu)].map(([, attributes = '', inside = '']) => {
      expect(attributes).toContain('method="post"');
      const fields = [...inside.matchAll(/<(?:input|button)\b([^>]*)>/gu)].map(([, field = '']) => field);
      const attribute = (of: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`, 'u').exec(of)?.[1] ?? '';
      const named = fields.map((field) => [attribute(field, 'name'), attribute(field, 'value')] as const);
      return {
        action: attribute(attributes, 'action'),
        fields: Object.fromEntries(named.filter(([name]) => name !== '')),
      };
    });
  }

  const changing = () => scene.server.routes.filter((route) => !/^(?:GET|HEAD) /u.test(route));
  const pathOf = (route: string) => route.slice(route.indexOf('/')).replaceAll(/:\w+/gu, organization.id);

  it('H237: cannot submit a form that this browser did not load from the server', () => {
    const api = new Set(apiRoutes.map(({ method, url }) => `${method} ${url}`));
    const ofPages = changing().filter((route) => !api.has(route) && !isOfProvider(route) && route !== applicationForm);
    expect(ofPages.length).toBeGreaterThan(4);
    expect(ofPages.toSorted()).toEqual([...new Set(forms.map(({ action }) => `POST ${action}`))].toSorted());
  });

  it.each(fromElsewhere)('H237, H295: a form submitted from %s has no effect', async (_what, headers) => {
    const before = await readEverything(scene.server.database);
    for (const { action, fields } of forms) {
      const answer = await member.visit(`${scene.server.url}${action}`, { form: fields, headers });
      expect([action, answer.status, answer.headers.getSetCookie()]).toEqual([action, 403, []]);
    }
    await expectUntouched(scene.server.database, before);
  });

  it('H237: cannot get the token of a form that acts for a session', async () => {
    const before = await readEverything(scene.server.database);
    const ofSession = forms.filter(({ fields }) => 'csrfToken' in fields);
    expect(new Set(ofSession.map(({ action }) => action))).toEqual(
      new Set(['/login/select-organization', '/login/logout', '/login/switch']),
    );
    for (const { action, fields } of ofSession) {
      for (const csrfToken of ['', 'x', fields['csrfToken']?.replace(/.$/u, '-') ?? '']) {
        const { status } = await member.visit(`${scene.server.url}${action}`, { form: { ...fields, csrfToken } });
        expect([action, status]).toEqual([action, 403]);
      }
    }
    await expectUntouched(scene.server.database, before);
  });

  it('H237: cannot use the session cookie at any other endpoint, whatever it sends', async () => {
    const cookie = [...member.cookies('localhost')].map((pair) => pair.join('=')).join('; ');
    const headers = { cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const before = await readEverything(scene.server.database);
    const publicRoutes = new Set<string>(
      apiRoutes.filter(({ access }) => access === 'public').map(({ method, url }) => `${method} ${url}`),
    );
    for (const route of changing()) {
      const [method = ''] = route.split(' ');
      for (const type of [...simpleTypes, 'application/json']) {
        const body = type === 'application/json' ? '{}' : 'a=b';
        const answer = await fetch(`${scene.server.url}${pathOf(route)}`, {
          method,
          headers: { ...headers, 'content-type': type },
          body,
        });
        const isOpen =
          publicRoutes.has(route) ||
          isOfProvider(route) ||
          route.startsWith('POST /login') ||
          route === 'POST /invitation';
        expect([route, type, isOpen ? answer.status >= 400 : answer.status]).toEqual([
          route,
          type,
          isOpen ? true : expect.toSatisfy((status: number) => [401, 415].includes(status)),
        ]);
        expect([route, type, answer.headers.getSetCookie()]).toEqual([route, type, []]);
      }
    }
    await expectUntouched(scene.server.database, before);
  });

  it("H237: cannot sign a user in to the attacker's account with a password or a code", async () => {
    const { email, password } = scene.boot.admin;
    const before = await readEverything(scene.server.database);
    const json = JSON.stringify({ email, password });
    for (const [type, body] of [
      ['text/plain', json],
      ['application/x-www-form-urlencoded', new URLSearchParams({ email, password }).toString()],
      ['application/x-www-form-urlencoded', `${json}=`],
    ] as const) {
      const url = `${scene.server.url}/api/v3/auth/login`;
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
      expect([type, [415, 422].includes(answer.status), answer.headers.getSetCookie()]).toEqual([type, true, []]);
    }
    // JSON requires a preflight request, and no origin is allowed.
    for (const path of ['/api/v3/auth/login', '/api/v1/auth/break-glass', '/api/v1/auth/token']) {
      const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
      const { status, headers } = await scene.server.call(path, {
        method: 'OPTIONS',
        headers: { origin: 'https://evil.example', ...asked },
      });
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, null]);
    }
    await expectUntouched(scene.server.database, before);
  });
});
