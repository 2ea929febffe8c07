import { html, type Html } from '../../http/html.ts';

const dayAndMinute = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/**
 * A point in time for people, to the second. It is told in UTC: without a script the server cannot know where the reader
 * is, and the administrator who looks it up may be elsewhere.
 */
export function moment(at: Date): Html {
  return html`<time datetime="${at.toISOString()}">${dayAndMinute.format(at)} UTC</time>`;
}
