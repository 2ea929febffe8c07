import { mailAttemptsMax, mailRetrySecondsMin } from './mail-limits.ts';

/** The next state of a message after a delivery attempt. */
export type MailPlan =
  | { readonly kind: 'done'; readonly status: 'sent' | 'failed' }
  | { readonly kind: 'again'; readonly afterSeconds: number };

/** Decides the next state of a message: sent, given up, or retried after a pause that doubles each time. */
export function planAfterAttempt(outcome: 'sent' | 'refused' | 'failed', attempts: number): MailPlan {
  switch (outcome) {
    case 'sent':
      return { kind: 'done', status: 'sent' };
    case 'refused':
      return { kind: 'done', status: 'failed' };
    case 'failed':
      return attempts >= mailAttemptsMax
        ? { kind: 'done', status: 'failed' }
        : { kind: 'again', afterSeconds: mailRetrySecondsMin * 2 ** (attempts - 1) };
    default:
      return outcome satisfies never;
  }
}
