import { html, type Html } from '../../http/html.ts';

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/**
 * A time for people, to the second. It is in UTC: without a script the server does not know the reader's time zone, and
 * the admin who looks it up may be in another one. It does not use `Intl`, which needs 9 MiB once it is used.
 */
export function moment(at: Date): Html {
  const iso = at.toISOString();
  const day = `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  return html`<time datetime="${iso}">${day} at ${iso.slice(11, 19)} UTC</time>`;
}
