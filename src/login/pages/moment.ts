import { html, type Html } from '../../http/html.ts';

const dayAndSecond = {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
} as const;

/**
 * A point in time for people, to the second. It is told in UTC: without a script the server cannot know where the reader
 * is, and the administrator who looks it up may be elsewhere.
 */
export function moment(at: Date): Html {
  return html`<time datetime="${at.toISOString()}">${at.toLocaleString('en-GB', dayAndSecond)} UTC</time>`;
}
