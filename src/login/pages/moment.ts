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
 * A point in time for people, to the second. It is told in UTC: without a script the server cannot know where the reader
 * is, and the administrator who looks it up may be elsewhere. Not told by `Intl`, which takes 9 MiB once it is used.
 */
export function moment(at: Date): Html {
  const iso = at.toISOString();
  const day = `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  return html`<time datetime="${iso}">${day} at ${iso.slice(11, 19)} UTC</time>`;
}
