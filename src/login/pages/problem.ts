import { html, type Html } from '../../http/html.ts';

/** The id of the error text, for `aria-describedby` of its field. */
export const problemId = 'problem';

/** The error above a form; empty without an error. */
export function problemNote(problem: string | undefined): Html | undefined {
  return problem === undefined ? undefined : html`<p class="problem" id="${problemId}" role="alert">${problem}</p>`;
}
