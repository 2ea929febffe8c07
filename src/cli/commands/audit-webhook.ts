import type { AuditWebhook } from '../../contract/audit-webhooks.ts';
import { usageFailure } from '../cli-failure.ts';
import type { ClientCommand, CommandContext, Outcome } from '../command.ts';
import type { Connection } from '../connect.ts';
import { failureOf, isSuccess, problemOf } from '../api-client.ts';
import { facts } from '../output.ts';
import { confirm } from '../read-secret.ts';
import { yesOption } from './common-options.ts';

interface Answer {
  readonly auditWebhook: AuditWebhook;
  readonly secret?: string;
}

const set: ClientCommand = {
  name: 'audit-webhook set',
  summary: 'Deliver the audit trail to a URL, or change the URL',
  about:
    'Prints the signing secret if a new one was made. It is shown only once. docs/audit.md describes the messages.',
  options: {
    to: { value: 'url', doc: 'Where to; https.' },
    events: { value: 'types', doc: 'Only these events, separated by commas. `all` selects every event.' },
    after: {
      value: 'sequence',
      doc: 'Start after this entry of the trail, for example where an export ended.',
      isNumber: true,
    },
  },
  examples: [
    { does: 'Everything from now on', line: 'sallyport audit-webhook set --to https://siem.acme.com/sallyport' },
    { does: 'Only sign-ins', line: 'sallyport audit-webhook set --events sign-in-success,sign-in-refused' },
  ],
  run: async (context) => {
    const { connection, path } = await connectTo(context);
    const { input } = context;
    const body = { url: input.text('to'), eventTypes: eventsOf(input.text('events')), after: input.number('after') };
    const answer = await connection.ask(path);
    const isPresent = isSuccess(answer);
    if (!isPresent && problemOf(answer).code !== 'audit_webhook_not_found') throw failureOf(answer);
    if (!isPresent && body.url === undefined) throw usageFailure('Give the receiver’s URL with --to.');
    if (isPresent && body.after !== undefined) {
      throw usageFailure('--after applies only to a new webhook. Delete the webhook first.');
    }
    const method = isPresent ? 'PATCH' : 'POST';
    return shown(await connection.call<Answer>(path, { method, body }));
  },
};

const get: ClientCommand = {
  name: 'audit-webhook get',
  summary: 'Show the audit webhook and how far the delivery has come',
  examples: [{ does: 'Show it', line: 'sallyport audit-webhook get' }],
  run: async (context) => {
    const { connection, path } = await connectTo(context);
    return shown(await connection.call<Answer>(path));
  },
};

const test: ClientCommand = {
  name: 'audit-webhook test',
  summary: 'Send a signed test message now',
  examples: [{ does: 'Send one', line: 'sallyport audit-webhook test' }],
  run: async (context) => {
    const { connection, path } = await connectTo(context);
    const json = await connection.call<{ outcome: string }>(`${path}/test`, { method: 'POST', body: {} });
    const isDelivered = json.outcome === 'delivered';
    return {
      json,
      text: isDelivered ? 'It arrived.' : `The message did not arrive: ${json.outcome}. See docs/audit.md.`,
    };
  },
};

const pause: ClientCommand = {
  name: 'audit-webhook pause',
  summary: 'Pause the delivery; nothing is lost',
  examples: [{ does: 'Pause it', line: 'sallyport audit-webhook pause' }],
  run: async (context) => switchTo(context, false),
};

const resume: ClientCommand = {
  name: 'audit-webhook resume',
  summary: 'Resume the delivery where it stopped',
  examples: [{ does: 'After the receiver was repaired', line: 'sallyport audit-webhook resume' }],
  run: async (context) => switchTo(context, true),
};

const rotate: ClientCommand = {
  name: 'audit-webhook rotate',
  summary: 'Create a new signing secret. The previous one also signs for a day',
  examples: [{ does: 'Make one', line: 'sallyport audit-webhook rotate' }],
  run: async (context) => {
    const { connection, path } = await connectTo(context);
    return shown(await connection.call<Answer>(`${path}/rotate-secret`, { method: 'POST', body: {} }));
  },
};

const remove: ClientCommand = {
  name: 'audit-webhook delete',
  summary: 'Delete the audit webhook',
  options: { yes: yesOption },
  examples: [{ does: 'End it', line: 'sallyport audit-webhook delete --yes' }],
  run: async (context) => {
    const { connection, path } = await connectTo(context);
    await confirm(context, 'Delete the audit webhook?');
    const json = await connection.call<Answer>(path, { method: 'DELETE' });
    return {
      json,
      text: `The webhook is deleted. The receiver has the trail up to entry ${json.auditWebhook.deliveredSequence}.`,
    };
  },
};

async function connectTo({ connect }: CommandContext): Promise<{ connection: Connection; path: string }> {
  const connection = await connect();
  return { connection, path: `/api/v1/organization/${await connection.organizationId()}/audit-webhook` };
}

async function switchTo(context: CommandContext, isActive: boolean): Promise<Outcome> {
  const { connection, path } = await connectTo(context);
  return shown(await connection.call<Answer>(path, { method: 'PATCH', body: { isActive } }));
}

function eventsOf(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  return text === 'all' ? [] : text.split(',');
}

function shown(json: Answer): Outcome {
  const { auditWebhook: it, secret } = json;
  const text = facts([
    ['url', it.url],
    ['events', it.eventTypes.length === 0 ? 'all' : it.eventTypes.join(', ')],
    ['status', it.pauseReason === null ? it.status : `${it.status} (${it.pauseReason})`],
    ['last delivered', it.lastDeliveredAt],
    ['last error', it.lastError],
    ['next attempt', it.nextAttemptAt],
    ['delivered up to', it.deliveredSequence],
    ['pending', it.pendingCount],
    ['missed', it.missedCount],
    ...(secret === undefined ? [] : ([['secret', secret]] as const)),
  ]);
  return { json, text };
}

export const auditWebhookCommands: readonly ClientCommand[] = [set, get, test, pause, resume, rotate, remove];
