import type { MetadataSource } from '../../contract/attempt-facts.ts';
import type { CompleteConnection, ConnectionSettings } from '../connection.ts';
import { applyProfile } from '../profiles/apply-profile.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import type { CachedProvider } from './provider-cache.ts';

/** The provider of a connection, as a sign-in needs it. */
export interface ReadProvider {
  readonly provider: CachedProvider;
  readonly metadata: ProviderMetadata;
  /** The connection with the options that follow from the provider's profile. */
  readonly connection: CompleteConnection;
  readonly discovery: MetadataSource;
}

/**
 * Reads the provider metadata of a connection, from the cache if possible.
 *
 * @throws the codes of discovery
 */
export async function readProvider(
  stored: ConnectionSettings,
  providerOf: (connection: ConnectionSettings) => CachedProvider,
): Promise<ReadProvider> {
  const provider = providerOf(stored);
  const discovery = sourceOf(stored, provider);
  const metadata = await provider.metadata.read();
  // A cache entry belongs to one revision, so to one set of options. Only new metadata can change the result.
  if (provider.effective?.metadata !== metadata) {
    provider.effective = { metadata, options: applyProfile(stored, metadata).options };
  }
  return { provider, metadata, discovery, connection: { ...stored, options: provider.effective.options } };
}

function sourceOf({ source }: ConnectionSettings, { metadata }: CachedProvider): MetadataSource {
  if (source.kind === 'custom') return 'typed';
  return metadata.isCached() ? 'cached' : 'fetched';
}
