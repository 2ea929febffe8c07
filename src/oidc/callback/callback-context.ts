import type { GuardedFetch } from '../../outbound/guarded-fetch.ts';
import type { AttemptTrace } from '../attempt-trace.ts';
import type { CompleteConnection } from '../connection.ts';
import type { CachedProvider } from '../discovery/provider-cache.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';

/** The connection and its provider, for every step of a callback after the first one. */
export interface CallbackContext {
  /** With complete options: the provider's profile is applied. */
  readonly connection: CompleteConnection;
  readonly provider: CachedProvider;
  readonly metadata: ProviderMetadata;
  readonly fetch: GuardedFetch;
  readonly trace: AttemptTrace;
}
