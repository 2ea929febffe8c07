import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import { engines } from '../support/databases.ts';
import { type Tenant, domainsUrl, useDomainScene } from '../support/domain-scene.ts';

const newDomain = () => `d${randomUUID().slice(0, 8)}.example`;

describe.each(engines)('a domain that two organizations add (%s)', (engine) => {
  let first: Tenant;
  let second: Tenant;

  const scene = useDomainScene(engine);
  beforeAll(async () => {
    first = await scene.addTenant();
    second = await scene.addTenant();
  });

  const statusOf = async (tenant: Tenant, id: string): Promise<string> =>
    (await scene.list(tenant)).body.emailDomains.find((row: { id: string }) => row.id === id).status;

  async function contested() {
    const domain = newDomain();
    const held = await scene.prove(first, domain);
    const { id, verificationCode: code } = (await scene.claim(second, domain)).body.emailDomain;
    return { domain, held, wanted: { id, code } };
  }

  it('stays with the first while its record exists', async () => {
    const { held, wanted } = await contested();
    scene.dns.set(held.recordName, { txt: [held.code, wanted.code] });
    const answer = await scene.verify(second, wanted.id);
    expect([answer.status, answer.body.code]).toEqual([409, 'email_domain_taken']);
    expect(await statusOf(first, held.id)).toBe('verified');
    expect(await statusOf(second, wanted.id)).toBe('pending');
  });

  it('moves when the second record replaces the first, and both trails record it', async () => {
    const { held, wanted } = await contested();
    scene.dns.set(held.recordName, { txt: [wanted.code] });
    expect((await scene.verify(second, wanted.id)).body.emailDomain.status).toBe('verified');
    expect(await statusOf(first, held.id)).toBe('lapsed');
    expect((await scene.audited(first.id)).at(-1)).toBe('email-domain-lapse');
    expect((await scene.audited(second.id)).at(-1)).toBe('email-domain-verify');
    // The old code, back in DNS beside the new one, does not take it back.
    scene.dns.set(held.recordName, { txt: [held.code, wanted.code] });
    expect((await scene.verify(first, held.id)).body.code).toBe('email_domain_taken');
  });

  it('does not move because of a code of the first organization', async () => {
    const { held, wanted } = await contested();
    expect((await scene.verify(second, wanted.id)).body.code).toBe('email_domain_record_wrong');
    expect(await statusOf(first, held.id)).toBe('verified');
  });

  it('does not move while DNS does not answer', async () => {
    const { held, wanted } = await contested();
    scene.dns.set(held.recordName, 'failure');
    expect((await scene.verify(second, wanted.id)).body.code).toBe('dns_unavailable');
    expect(await statusOf(first, held.id)).toBe('verified');
  });

  it('H177: does not include its parent domain or a subdomain', async () => {
    const { domain } = await contested();
    for (const name of [`sub.${domain}`, domain.slice(1)]) {
      const { id } = (await scene.claim(second, name)).body.emailDomain;
      expect((await scene.verify(second, id)).body.code).toBe('email_domain_record_missing');
    }
    // A subdomain that was delegated verifies itself and nothing else.
    expect(await scene.prove(second, `given-away.${domain}`)).toMatchObject({
      recordName: `_sallyport-verification.given-away.${domain}`,
    });
  });

  it('H177: has one owner after six organizations verify it at once', async () => {
    const domain = newDomain();
    const tenants = await Promise.all(Array.from({ length: 6 }, () => scene.addTenant()));
    const claims = await Promise.all(
      tenants.map(async (tenant) => (await scene.claim(tenant, domain)).body.emailDomain),
    );
    scene.dns.set(claims[0].verificationRecordName, { txt: claims.map((claim) => claim.verificationCode) });
    scene.clock.advanceSeconds(10);
    const answers = await Promise.all(
      tenants.map(({ token }, index) =>
        scene.server.call(`${domainsUrl}/${claims[index].id}/verify`, { method: 'POST', token }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array(5).fill(409)]);
    const owners = scene.server.database.db.selectFrom('email_domains').select('id').where('domain', '=', domain);
    expect(await owners.where('status', '=', 'verified').execute()).toHaveLength(1);
  });

  it('is not verified by an answer for a domain entry that was deleted meanwhile', async () => {
    const domain = newDomain();
    const claim = (await scene.claim(second, domain)).body.emailDomain;
    scene.dns.set(claim.verificationRecordName, { txt: [claim.verificationCode] });
    const [verified, removed] = await Promise.all([scene.verify(second, claim.id), scene.remove(second, claim.id)]);
    expect(removed.status).toBe(200);
    expect([200, 404, 409]).toContain(verified.status);
    const rows = scene.server.database.db.selectFrom('email_domains').select('id').where('domain', '=', domain);
    expect(await rows.execute()).toEqual([]);
  });
});
