import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';

import { findChromium, type InstalledChromium } from './find-chromium.ts';

// Playwright gives each launch its own user-data directory and removes it. The other flags keep Chromium from calling
// home: these tests reach only this machine. Without a sandbox it also runs as root, for example in a container.
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
  /** Opens a page in a new profile without cookies or storage, so that two pages act as two users. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
}

/**
 * Starts one Chromium for all tests of a file and closes it after them. On a machine without Chromium the tests of the file
 * are skipped with the reason. Call it once, at the top level of the file and before other hooks.
 */
export function useBrowser(): TestBrowser {
  const installed = findChromium();
  let running: { readonly browser: Browser; readonly home: string } | undefined;
  beforeAll(async () => {
    if (installed !== undefined) running = await launch(installed);
  });
  beforeEach(({ skip }) => skip(installed === undefined, 'there is no Chromium on this machine'));
  afterAll(async () => {
    if (running === undefined) return;
    await running.browser.close();
    await rm(running.home, { recursive: true });
  });
  return {
    newPage: async (options = {}) => {
      if (running === undefined) throw new TypeError('the browser is started by a hook, before the tests');
      const context = await running.browser.newContext(options);
      context.setDefaultTimeout(actionTimeoutMs);
      return context.newPage();
    },
  };
}

// Chromium keeps a few files in the home folder whatever its user-data directory, so it gets another home.
async function launch({ path, env }: InstalledChromium): Promise<{ browser: Browser; home: string }> {
  const home = await mkdtemp(join(tmpdir(), 'sallyport-browser-'));
  const browser = await chromium.launch({
    executablePath: path,
    headless: true,
    args: flags,
    env: { ...process.env, ...env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  });
  return { browser, home };
}
