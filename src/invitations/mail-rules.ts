import { mailAttemptsMax, mailRetrySecondsMin } from './mail-limits.ts';

/** What becomes of a message after an attempt. */
export type MailPlan =
  | { readonly kind: 'done'; readonly status: 'sent' | 'failed' }
  | { readonly kind: 'again'; readonly afterSeconds: number };

/** Decides what becomes of a message: sent, given up, or tried again after a pause that doubles each time. */
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
