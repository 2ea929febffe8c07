import type { RequestListener } from 'node:http';

import type { JWK } from 'jose';

import { hasApplications } from '../applications/queries.ts';
import type { Logger } from '../kernel/logger.ts';
import type { RenderError } from './build-provider.ts';
import { pageHeadersOf } from './library-page.ts';
import type { ProviderDeps } from './provider-deps.ts';
import { currentCall } from './provider-call.ts';

/** The private keys that sign ID tokens, the current one first for each algorithm, and a name that changes with them. */
export interface SigningKeySet {
  readonly version: string;
  readonly keys: () => readonly JWK[];
}

/** The protocol engine, if this server has applications. */
export interface OpenIdProvider {
  /** The engine for a request; `undefined` while there is no application. */
  engine(): Promise<RequestListener | undefined>;
}

/**
 * Opens the OpenID Provider. The library is loaded when the first application needs it: it takes 18 MB of memory and blocks
 * the server for a fifth of a second. It takes its keys when it is built, so it is built again when they change. It
 * keeps no state, so a new one continues where the old one was.
 */
export function openProvider(
  deps: ProviderDeps,
  { signingKeys, renderError }: { signingKeys: () => Promise<SigningKeySet>; renderError: RenderError },
): OpenIdProvider {
  let built: { version: string; listener: RequestListener } | undefined;
  return {
    engine: async () => {
      if (built === undefined && !(await hasApplications(deps.database.db))) return undefined;
      const { version, keys } = await signingKeys();
      if (built?.version === version) return built.listener;
      const { buildProvider } = await import('./build-provider.ts');
      const provider = buildProvider(deps, { keys: keys(), renderError });
      // Host and protocol come from this server's own address: the mount overwrites these headers.
      provider.proxy = true;
      provider.on('server_error', (_context: unknown, thrown: unknown) => logFault(deps.logger, thrown));
      provider.use(async (context, next) => {
        context.set(pageHeadersOf(currentCall()));
        await next();
        // The library's cookies mean nothing here, see `library-state.ts`.
        context.remove('set-cookie');
        const { responseCookies } = currentCall();
        if (responseCookies.length > 0) context.set({ 'set-cookie': responseCookies });
      });
      const listener = provider.callback();
      built = { version, listener };
      return listener;
    },
  };
}

function logFault(logger: Logger, thrown: unknown): void {
  logger.error({ err: thrown }, 'the OpenID Provider failed');
}
