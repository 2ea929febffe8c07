import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { recheckDomains } from '../../src/domains/recheck-domains.ts';
import { engines } from '../support/databases.ts';
import { type ProvedDomain, type Tenant, useDomainScene } from '../support/domain-scene.ts';

const hour = 3_600;

describe.each(engines)('a verified domain over time (%s)', (engine) => {
  let tenant: Tenant;
  let proved: ProvedDomain;

  const scene = useDomainScene(engine);

  async function setUp() {
    tenant = await scene.addTenant();
    proved = await scene.prove(tenant, `d${randomUUID().slice(0, 8)}.example`);
  }

  /** Lets time pass and the job run; returns what became of the domain. */
  async function after(hours: number) {
    scene.clock.advanceSeconds(hours * hour);
    await recheckDomains(scene.jobDeps());
    return (await scene.list(tenant)).body.emailDomains[0];
  }

  it('stays verified as long as its record exists', async () => {
    await setUp();
    expect((await after(12)).status).toBe('verified');
    expect((await after(12)).lastCheckedAt).toBe(new Date(scene.clock.nowMs()).toISOString());
    expect(await scene.audited(tenant.id)).toEqual(['email-domain-create', 'email-domain-verify']);
  });

  it('has three days of grace after the record disappears, and is verified again with it', async () => {
    await setUp();
    scene.dns.set(proved.recordName, 'no such name');
    const grace = await after(12);
    expect(grace).toMatchObject({
      status: 'grace',
      graceEndsAt: new Date(scene.clock.nowMs() + 72 * hour * 1000).toISOString(),
    });
    expect(await after(48)).toMatchObject({ status: 'grace', graceEndsAt: grace.graceEndsAt });
    scene.dns.set(proved.recordName, { txt: [proved.code] });
    expect(await after(1)).toMatchObject({ status: 'verified', graceEndsAt: null });
    expect((await scene.audited(tenant.id)).slice(-2)).toEqual(['email-domain-grace', 'email-domain-restore']);
  });

  it('lapses at the end of the grace, and a new check of the old code restores it for a week', async () => {
    await setUp();
    scene.dns.set(proved.recordName, { txt: ['something else'] });
    expect((await after(12)).status).toBe('grace');
    expect(await after(72)).toMatchObject({ status: 'lapsed', graceEndsAt: null });
    expect((await scene.audited(tenant.id)).at(-1)).toBe('email-domain-lapse');
    scene.dns.set(proved.recordName, { txt: [proved.code] });
    expect((await after(24)).status).toBe('lapsed');
    expect((await scene.verify(tenant, proved.id)).body.emailDomain.status).toBe('verified');
    scene.dns.set(proved.recordName, 'no such record');
    await after(12);
    expect((await after(72)).status).toBe('lapsed');
    scene.dns.set(proved.recordName, { txt: [proved.code] });
    scene.clock.advanceSeconds(7 * 24 * hour);
    expect((await scene.verify(tenant, proved.id)).body.code).toBe('email_domain_code_expired');
  });

  it.each(['failure', 'refused', 'silence'] as const)('is not affected by DNS that answers with %s', async (entry) => {
    await setUp();
    scene.dns.set(proved.recordName, entry);
    expect((await after(12)).status).toBe('verified');
    expect((await after(24)).status).toBe('verified');
  });

  it('is checked by one of several nodes', async () => {
    await setUp();
    scene.clock.advanceSeconds(13 * hour);
    const before = scene.dns.questions.length;
    await Promise.all([recheckDomains(scene.jobDeps()), recheckDomains(scene.jobDeps())]);
    const asked = scene.dns.questions.slice(before).filter((name) => name === proved.recordName);
    expect(asked).toHaveLength(1);
  });

  it('shows an admin who checks it the same result', async () => {
    await setUp();
    scene.dns.set(proved.recordName, 'no such name');
    expect((await scene.verify(tenant, proved.id)).body.emailDomain.status).toBe('grace');
    scene.dns.set(proved.recordName, 'failure');
    expect((await scene.verify(tenant, proved.id)).body.code).toBe('dns_unavailable');
    scene.dns.set(proved.recordName, { txt: [proved.code] });
    expect((await scene.verify(tenant, proved.id)).body.emailDomain.status).toBe('verified');
  });

  it('lapses if DNS does not answer for two weeks', async () => {
    await setUp();
    scene.dns.set(proved.recordName, 'silence');
    expect((await after(13 * 24)).status).toBe('verified');
    expect((await after(24)).status).toBe('grace');
    expect((await after(72)).status).toBe('lapsed');
  });
});
