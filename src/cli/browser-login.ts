import { spawn } from 'node:child_process';

import { CliFailure } from './cli-failure.ts';
import type { CliWorld } from './cli-world.ts';
import type { CommandContext } from './command.ts';
import { type BroughtSession, listenForLogin, parseBroughtSession } from './login-listener.ts';
import { readHiddenLine, readInput } from './read-secret.ts';

const waitMsMax = 600_000;

/** Logs a user in with their browser. The session arrives at the loopback port, or the user pastes it. */
export async function logInWithBrowser(context: CommandContext, site: string): Promise<BroughtSession> {
  const { input, world, say } = context;
  if (input.has('paste')) {
    say(`Open ${site}/login?callback_port=1 in a browser, sign in, and paste the token that the page shows.`);
    return parsePasted(await readInput(context));
  }
  const listener = await listenForLogin(site, say);
  const link = `${site}/login?callback_port=${listener.port}`;
  say(`Open this link to log in:\n  ${link}`);
  if (!input.has('no-browser')) openInBrowser(world, link);
  const over = new AbortController();
  try {
    return await Promise.race([listener.session, pasted(context, over.signal), tooLate(over.signal)]);
  } finally {
    over.abort();
    listener.close();
  }
}

async function pasted(context: CommandContext, signal: AbortSignal): Promise<BroughtSession> {
  if (context.world.streams.input.isTTY !== true) return new Promise(() => undefined);
  context.say('Waiting for the browser. If it runs on another computer, paste the token that the page shows.');
  return parsePasted(await readHiddenLine(context, signal));
}

async function tooLate(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new CliFailure('failed', 'The login timed out after ten minutes. Run the command again.'));
    }, waitMsMax);
    signal.addEventListener('abort', () => clearTimeout(timer));
  });
}

function parsePasted(text: string): BroughtSession {
  const session = parseBroughtSession(Buffer.from(text.trim(), 'base64').toString('utf8'));
  if (session === undefined) {
    throw new CliFailure('failed', 'This is not the complete token from the page. Copy all of it.');
  }
  return session;
}

const openers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open'],
};

// The link is printed in any case, for a computer without a browser.
function openInBrowser({ platform }: CliWorld, link: string): void {
  const [program, ...args] = openers[platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, link], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
