import { afterAll, beforeAll, expect, it } from 'vitest';

import { addMachine, addOrganization, logIn } from '../support/callers.ts';
import { describeEnginesAtOnce } from '../support/describe-engines.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';
import { sequencesOf, startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

describeEnginesAtOnce('the audit webhook of the API', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    server = await startTestServer({ engine, settings: { SALLYPORT_OUTBOUND_ALLOW: '127.0.0.1' } });
    boot = await bootstrap(server);
    receiver = await startWebhookReceiver();
  });
  afterAll(async () => {
    await server.close();
    await receiver.close();
  });

  async function addTenant() {
    const id = await addOrganization(server, boot);
    const machine = await addMachine(server, boot, { organizationId: id, role: 'admin' });
    const { accessToken: token } = (await logIn(server, machine)).body;
    const url = `/api/v1/organization/${id}/audit-webhook`;
    const send = async (method: string, json?: object, path = '') =>
      server.call(url + path, { method, token, ...(json === undefined ? {} : { json }) });
    return { id, token, send };
  }

  async function countEvents(): Promise<number> {
    const rows = await server.database.db.selectFrom('audit_events').select('id').execute();
    return rows.length;
  }

  it('delivers the trail in the background and shows the secret once', async () => {
    const { id, send } = await addTenant();
    const made = await send('POST', { url: receiver.url, after: 0 });
    expect(Object.keys(made.body)).toEqual(['auditWebhook', 'secret']);
    expect(made.body.auditWebhook).toMatchObject({ orgId: id, status: 'active', eventTypes: [], isActive: true });
    await receiver.count(1);
    expect(sequencesOf(receiver.received)[0]).toBe(1);
    expect(receiver.received[0]?.message.data).toMatchObject({ organizationId: id });
    const shown = await send('GET');
    expect(Object.keys(shown.body.auditWebhook)).toEqual(Object.keys(made.body.auditWebhook));
    expect(shown.text).not.toContain(made.body.secret.slice(6));
    expect((await send('POST', { url: receiver.url })).body.code).toBe('audit_webhook_exists');
    const changed = await send('PATCH', { eventTypes: ['group-create'], isActive: false });
    expect(Object.keys(changed.body)).toEqual(['auditWebhook']);
    expect(changed.body.auditWebhook).toMatchObject({ status: 'paused', pauseReason: 'by_admin', isActive: false });
    expect((await send('POST', undefined, '/test')).body).toEqual({ outcome: 'delivered' });
    expect((await send('DELETE')).status).toBe(200);
    expect((await send('GET')).body.code).toBe('audit_webhook_not_found');
    expect((await send('DELETE')).body.code).toBe('audit_webhook_not_found');
  });

  it.each([
    ['http://siem.acme.example/', 400, 'scheme'],
    ['https://siem.acme.example:8443/', 400, 'port'],
    ['https://10.0.0.1/', 400, 'address'],
    ['https://[::1]/', 400, 'address'],
    ['https://[::ffff:10.0.0.1]/', 400, 'address'],
    ['https://0x7f.2/', 400, 'address'],
    ['https://169.254.169.254/latest/meta-data', 400, 'address'],
    ['https://intranet/', 400, 'host_name'],
    ['https://db.internal/', 400, 'host_name'],
    ['https://siem.local/', 400, 'host_name'],
    ['ftp://siem.acme.example/', 400, 'scheme'],
    ['file:///etc/passwd', 400, 'scheme'],
    ['https://user:word@siem.acme.example/', 422, 'credentials'],
    ['https://siem.acme.example/#part', 422, 'fragment'],
    ['https://siem.acme.example\\@10.0.0.1/', 422, 'control_character'],
    ['https:siem.acme.example', 422, 'not_absolute'],
    ['siem.acme.example', 422, 'not_absolute'],
  ])('refuses %s and writes nothing', async (url, status, code) => {
    const { send } = await addTenant();
    const before = await countEvents();
    const answer = await send('POST', { url });
    expect([answer.status, answer.body.details[0]]).toMatchObject([status, { path: 'url', code }]);
    expect((await send('GET')).status).toBe(404);
    expect(await countEvents()).toBe(before);
    await send('POST', { url: 'https://siem.acme.example/', isActive: false });
    expect((await send('PATCH', { url })).status).toBe(status);
    expect((await send('GET')).body.auditWebhook.url).toBe('https://siem.acme.example/');
  });

  it('rejects a start after the end, and fields that are not strings', async () => {
    const { send } = await addTenant();
    const url = receiver.url;
    expect((await send('POST', { url, after: 1_000_000 })).body.details).toMatchObject([{ path: 'after' }]);
    expect((await send('POST', { url, eventTypes: 'all' })).status).toBe(422);
    expect((await send('POST', { url, eventTypes: ['a\nb'] })).status).toBe(422);
    expect((await send('POST', { url: ['x'] })).status).toBe(422);
  });

  it('audits only the host of a URL, because the rest may be a secret', async () => {
    const { id, send } = await addTenant();
    await send('POST', { url: 'https://siem.acme.example/hook?key=hidden-in-the-url', isActive: false });
    await send('PATCH', { url: 'https://siem.acme.example/hook?key=hidden-too' });
    await send('DELETE');
    const rows = await server.database.db
      .selectFrom('audit_events')
      .select(['event_type', 'event_metadata'])
      .where('organization_id', '=', id)
      .where('event_type', 'like', 'audit-webhook-%')
      .orderBy('sequence')
      .execute();
    expect(rows.map((row) => row.event_type)).toEqual([
      'audit-webhook-create',
      'audit-webhook-update',
      'audit-webhook-delete',
    ]);
    expect(JSON.stringify(rows)).not.toContain('hidden');
    expect(rows.every((row) => row.event_metadata.includes('"host":"siem.acme.example"'))).toBe(true);
  });
});
