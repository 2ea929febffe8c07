import { html, type Html } from '../../http/html.ts';

/** The id of the text that says what is wrong, for `aria-describedby` of the field that it is about. */
export const problemId = 'problem';

/** What is wrong, above the form that one can put it right in; nothing when all is well. */
export function problemNote(problem: string | undefined): Html | undefined {
  return problem === undefined ? undefined : html`<p class="problem" id="${problemId}" role="alert">${problem}</p>`;
}
