import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import { addMachine, logIn, withoutRequestId } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type Tenant, domainsUrl, useDomainScene } from '../support/domain-scene.ts';
import type { Answer } from '../support/server.ts';

const newDomain = () => `d${randomUUID().slice(0, 8)}.example`;
const ascending = (a: number, b: number) => a - b;
const daySeconds = 86_400;

describe.each(engines)('the e-mail domain endpoints (%s)', (engine) => {
  let acme: Tenant;
  let other: Tenant;

  const scene = useDomainScene(engine);
  beforeAll(async () => {
    acme = await scene.addTenant();
    other = await scene.addTenant();
  });

  const codeOf = ({ body, status }: Answer) => [status, body.code];

  it('POST returns the domain with the DNS record to create', async () => {
    const domain = newDomain();
    const { status, body } = await scene.claim(acme, domain.toUpperCase());
    expect(status).toBe(200);
    expect(body.emailDomain).toMatchObject({
      orgId: acme.id,
      domain,
      status: 'pending',
      verificationMethod: 'dns-txt',
      verificationRecordName: `_sallyport-verification.${domain}`,
      verificationCode: expect.stringMatching(/^sallyport-verification=[\da-f]{40}$/),
      codeExpiresAt: new Date(scene.clock.nowMs() + 7 * daySeconds * 1000).toISOString(),
      verifiedAt: null,
    });
    expect((await scene.list(acme)).body.emailDomains).toContainEqual(body.emailDomain);
    expect(codeOf(await scene.claim(acme, domain))).toEqual([409, 'email_domain_exists']);
  });

  it('POST stores an internationalised name in its canonical form', async () => {
    const { body } = await scene.claim(acme, 'bücher.example');
    expect(body.emailDomain.domain).toBe('xn--bcher-kva.example');
    // A look-alike name is a different domain and needs its own verification.
    const lookalike = await scene.claim(acme, 'büсher.example');
    expect(lookalike.body.emailDomain?.domain).not.toBe('xn--bcher-kva.example');
  });

  it.each([
    ['', 'minLength'],
    ['acme', 'domain'],
    ['192.0.2.1', 'domain'],
    ['[192.0.2.1]', 'domain'],
    ['2001:db8::1', 'domain'],
    ['acme.example.', 'domain'],
    ['*.acme.example', 'domain'],
    ['user@acme.example', 'domain'],
    ['https://acme.example', 'domain'],
    ['acme.example/x', 'domain'],
    ['_sallyport-verification.acme.example', 'domain'],
    ['acme。example', 'domain'],
    ['ａcme.example', 'domain'],
    ['xn--a.example', 'domain'],
    ['com', 'domain'],
    ['co.uk', 'public_suffix'],
    ['GitHub.io', 'public_suffix'],
    ['gmail.com', 'free_mail'],
    [`${'a'.repeat(64)}.example`, 'domain'],
    [`${'a.'.repeat(127)}example`, 'maxLength'],
  ])('POST refuses %j', async (domain, code) => {
    const { status, body } = await scene.claim(acme, domain);
    expect([status, body.details[0]]).toEqual([422, expect.objectContaining({ path: 'domain', code })]);
  });

  it('verify succeeds once the record exists, and says what is wrong until then', async () => {
    const tenant = await scene.addTenant();
    const {
      id,
      verificationRecordName: name,
      verificationCode,
    } = (await scene.claim(tenant, newDomain())).body.emailDomain;
    expect(codeOf(await scene.verify(tenant, id))).toEqual([400, 'email_domain_record_missing']);
    scene.dns.set(name, { txt: ['something else'] });
    expect(codeOf(await scene.verify(tenant, id))).toEqual([400, 'email_domain_record_wrong']);
    scene.dns.set(name, { alias: 'hosted.example', txt: [verificationCode] });
    expect(codeOf(await scene.verify(tenant, id))).toEqual([400, 'email_domain_record_alias']);
    scene.dns.set(name, 'failure');
    expect(codeOf(await scene.verify(tenant, id))).toEqual([424, 'dns_unavailable']);
    scene.dns.set(name, { txt: ['something else', verificationCode] });
    const { status, body } = await scene.verify(tenant, id);
    expect([status, body.emailDomain]).toEqual([
      200,
      expect.objectContaining({
        status: 'verified',
        verifiedAt: new Date(scene.clock.nowMs()).toISOString(),
        codeExpiresAt: null,
      }),
    ]);
    expect(await scene.audited(tenant.id)).toEqual([
      'email-domain-create',
      ...Array(3).fill('email-domain-verify-failed'),
      'email-domain-verify',
    ]);
  });

  it('verify queries DNS once in ten seconds, no matter how often it is called', async () => {
    const { id, verificationRecordName: name } = (await scene.claim(acme, newDomain())).body.emailDomain;
    const flood = await Promise.all(
      Array.from({ length: 10 }, () =>
        scene.server.call(`${domainsUrl}/${id}/verify`, { method: 'POST', token: acme.token }),
      ),
    );
    expect(flood.map(({ status }) => status).toSorted(ascending)).toEqual([400, ...Array(9).fill(429)]);
    expect(scene.dns.questions.filter((asked) => asked === name)).toHaveLength(1);
  });

  it('verify queries DNS once for one domain of many organizations', async () => {
    const domain = newDomain();
    const claims = await Promise.all([acme, other].map(async (tenant) => (await scene.claim(tenant, domain)).body));
    scene.clock.advanceSeconds(10);
    await Promise.all(
      [acme, other].map(({ token }, index) =>
        scene.server.call(`${domainsUrl}/${claims[index].emailDomain.id}/verify`, { method: 'POST', token }),
      ),
    );
    expect(scene.dns.questions.filter((asked) => asked === `_sallyport-verification.${domain}`)).toHaveLength(1);
  });

  it('an expired code verifies nothing; a new POST creates another code under the same id', async () => {
    const domain = newDomain();
    const first = (await scene.claim(acme, domain)).body.emailDomain;
    scene.dns.set(first.verificationRecordName, { txt: [first.verificationCode] });
    scene.clock.advanceSeconds(7 * daySeconds);
    expect(codeOf(await scene.verify(acme, first.id))).toEqual([400, 'email_domain_code_expired']);
    const second = (await scene.claim(acme, domain)).body.emailDomain;
    expect(second).toMatchObject({ id: first.id, status: 'pending' });
    expect(second.verificationCode).not.toBe(first.verificationCode);
    expect(codeOf(await scene.verify(acme, second.id))).toEqual([400, 'email_domain_record_wrong']);
  });

  it('DELETE removes a domain, and its DNS record no longer verifies it', async () => {
    const tenant = await scene.addTenant();
    const domain = newDomain();
    const { id } = await scene.prove(tenant, domain);
    const removed = await scene.remove(tenant, id);
    expect(removed).toMatchObject({ status: 200, body: { emailDomain: { id, status: 'verified' } } });
    expect(codeOf(await scene.remove(tenant, id))).toEqual([404, 'email_domain_not_found']);
    const again = (await scene.claim(tenant, domain)).body.emailDomain;
    expect(again.id).not.toBe(id);
    expect(codeOf(await scene.verify(tenant, again.id))).toEqual([400, 'email_domain_record_wrong']);
    expect(await scene.audited(tenant.id)).toContain('email-domain-delete');
  });

  it('H220: gives one response for foreign, unknown and malformed identifiers', async () => {
    const { id } = (await scene.claim(acme, newDomain())).body.emailDomain;
    for (const [method, path] of [
      ['POST', '/verify'],
      ['DELETE', ''],
    ] as const) {
      const answers = await Promise.all(
        [id, randomUUID(), 'nonsense', '%00'].map((named) =>
          scene.server.call(`${domainsUrl}/${named}${path}`, { method, token: other.token }),
        ),
      );
      expect(new Set(answers.map(withoutRequestId)).size).toBe(1);
      expect(codeOf(answers[0]!)).toEqual([404, 'email_domain_not_found']);
    }
    const named = await scene.server.call(domainsUrl, {
      token: other.token,
      json: { domain: newDomain(), organizationId: acme.id },
    });
    expect(codeOf(named)).toEqual([404, 'organization_not_found']);
    // An instance admin with the wrong organization in the path does not reach it either.
    const { token } = scene.boot;
    const wrong = await scene.server.call(`${domainsUrl}/${id}?organizationId=${other.id}`, {
      method: 'DELETE',
      token,
    });
    expect(codeOf(wrong)).toEqual([404, 'email_domain_not_found']);
    expect((await scene.list(other)).body.emailDomains.map((row: { id: string }) => row.id)).not.toContain(id);
  });

  it('requires the admin role', async () => {
    const machine = await addMachine(scene.server, scene.boot, { organizationId: acme.id, role: 'member' });
    const token: string = (await logIn(scene.server, machine)).body.accessToken;
    const { id } = (await scene.claim(acme, newDomain())).body.emailDomain;
    const member = { id: acme.id, token };
    const answers = [
      await scene.list(member),
      await scene.claim(member, newDomain()),
      await scene.verify(member, id),
      await scene.remove(member, id),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await scene.server.call(domainsUrl)).status).toBe(401);
  });

  it('limits the number of domains of an organization', async () => {
    const tenant = await scene.addTenant();
    await scene.server.database.transaction(async (tx) => {
      const template = { organization_id: tenant.id, status: 'pending', record_name: '', record_value: '' } as const;
      const times = { code_expires_at: 0, verified_at: null, last_seen_at: null, last_checked_at: null };
      const rest = { grace_ends_at: null, next_check_at: null, revision: 1, created_at: 0, updated_at: 0 };
      for (let made = 0; made < 100; made += 1) {
        const row = { id: randomUUID(), domain: `full-${made}.example`, ...template, ...times, ...rest };
        await tx.insertInto('email_domains').values(row).execute();
      }
    });
    expect(codeOf(await scene.claim(tenant, newDomain()))).toEqual([400, 'limit_reached']);
  });
});
