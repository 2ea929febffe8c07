import { accessSync, constants } from 'node:fs';

import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const usualPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

// Playwright gives each launch a user-data directory of its own and removes it again. The rest keeps Chromium from
// calling home: these tests reach this computer alone. Without a sandbox it also runs for root, as in a container.
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const actionTimeoutMs = 10_000;

/** A running Chromium without a window. */
export interface TestBrowser {
  /** A page in a fresh profile: no cookies, no storage; of its own, so that two pages are two people. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** Starts the Chromium that `CHROMIUM_PATH` names, or that the system has. */
export async function launchBrowser(): Promise<TestBrowser> {
  const browser: Browser = await chromium.launch({ executablePath: findChromium(), headless: true, args: flags });
  return {
    newPage: async (options = {}) => {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(actionTimeoutMs);
      return context.newPage();
    },
    close: () => browser.close(),
  };
}

function findChromium(): string {
  const named = process.env['CHROMIUM_PATH'];
  const found = (named === undefined ? usualPaths : [named]).find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    named === undefined
      ? `No Chromium at ${usualPaths.join(', ')}. Install it, or set CHROMIUM_PATH.`
      : `CHROMIUM_PATH names ${named}, which is not a program that can be run.`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
