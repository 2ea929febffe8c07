import { emailLengthMax } from '../../contract/limits.ts';
import { html, type Html } from '../../http/html.ts';
import { problemId } from './problem.ts';

/** The field `identifier` for an e-mail address or an organization's slug, with what was wrong with the last input. */
export function identifierField(value: string, problem: string | undefined): Html {
  return html`
    <div class="field">
      <label for="identifier">Work e-mail or organization</label>
      <input
        id="identifier"
        name="identifier"
        type="text"
        value="${value}"
        required
        maxlength="${emailLengthMax}"
        autocomplete="username"
        inputmode="email"
        autocapitalize="none"
        spellcheck="false"
        autofocus
        aria-describedby="identifier-hint${problem !== undefined && ` ${problemId}`}"
        ${problem !== undefined && html`aria-invalid="true"`}
      />
      <p class="hint" id="identifier-hint">Your work address, or the short name of your organization.</p>
    </div>
  `;
}
