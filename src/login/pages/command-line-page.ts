import { html } from '../../http/html.ts';
import type { Page } from './layout.ts';

interface CommandLine {
  /** The port of the program on the user's computer. */
  readonly port: number;
  /** Base64 of the JSON `{ email, privateKey, JTWToken, RefreshToken }` that the program expects. */
  readonly payloadBase64: string;
}

/**
 * Passes a session to a command-line program. The page's script posts it to `http://127.0.0.1:<port>/`. If that fails,
 * the user copies the same text into the program, which needs no script.
 *
 * The text is collapsed, so that a shared screen does not show the session.
 */
export function commandLinePage({ port, payloadBase64 }: CommandLine): Page {
  return {
    title: 'Back to your command line',
    script: true,
    extraConnectSrc: `http://127.0.0.1:${port}`,
    content: html`
      <div id="delivery" data-port="${port}" data-payload="${payloadBase64}">
        <p class="lead" id="delivery-status" role="status">
          Look at your command line: it says whether you are signed in.
        </p>
        <p class="hint" id="delivery-hint" hidden>
          If your browser asks whether this site may reach programs on this device, choose “Allow”.
        </p>
        <details class="by-hand" id="by-hand">
          <summary>Still waiting? Copy the token by hand</summary>
          <div class="field">
            <label for="token">Copy this and paste it into the program</label>
            <textarea id="token" readonly rows="5" spellcheck="false" autocomplete="off">${payloadBase64}</textarea>
            <p class="hint">Anyone who has this text is signed in as you. Do not share it.</p>
          </div>
          <button class="button quiet" type="button" id="copy-token" hidden>Copy</button>
          <span class="hint" id="copy-status" role="status"></span>
        </details>
      </div>
      <p class="aside">When the program continues, you can close this window.</p>
    `,
  };
}
