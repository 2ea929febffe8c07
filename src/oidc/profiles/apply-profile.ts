import { connectionOptionDefaults } from '../../contract/connection-option-defaults.ts';
import { isKnownError } from '../../contract/errors.ts';
import type { CompleteConnection, ConnectionSettings, ProviderSource } from '../connection.ts';
import { discoveryAddress } from '../discovery/discovery-address.ts';
import { effectiveOptions, type EffectiveOptions } from './effective-options.ts';
import { recogniseProfile, type RecognisedProfile } from './recognise-profile.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';

/** Returns the connection with the options of the provider's profile where an admin set none. */
export function applyProfile(connection: ConnectionSettings, metadata: ProviderMetadata): CompleteConnection {
  return { ...connection, options: optionsAt(connection, metadata).options };
}

/** What the server assumes about a connection's provider. */
export interface Assumptions {
  readonly recognised: RecognisedProfile;
  readonly effective: EffectiveOptions;
  readonly issuer: string;
  /**
   * The source of the assumptions: the discovery document, the endpoints of the connection, or the discovery URL if
   * there is no document.
   */
  readonly basis: 'document' | 'settings' | 'unreachable';
}

/**
 * Returns what the server assumes about a provider.
 *
 * @throws only errors that are not a failure of the provider
 */
export async function assume(
  connection: ConnectionSettings,
  readMetadata: () => Promise<ProviderMetadata>,
): Promise<Assumptions> {
  try {
    const metadata = await readMetadata();
    const effective = optionsAt(connection, metadata);
    const basis = connection.source.kind === 'custom' ? 'settings' : 'document';
    return { recognised: metadata.recognised, effective, issuer: metadata.issuer, basis };
  } catch (thrown) {
    if (!isKnownError(thrown) || thrown.code === 'storage_unavailable') {
      throw thrown;
    }
    const { issuer } = typedFacts(connection.source);
    return { ...assumeFromAddress(connection), issuer, basis: 'unreachable' };
  }
}

/** The options that follow from the connection's own settings, without a request to the provider. */
export function typedAssumptions(connection: Pick<ConnectionSettings, 'source' | 'options'>): EffectiveOptions {
  return assumeFromAddress(connection).effective;
}

function assumeFromAddress(connection: Assumed & Pick<ConnectionSettings, 'source'>) {
  const recognised = recogniseProfile(typedFacts(connection.source));
  return { recognised, effective: optionsAt(connection, { recognised, scopesSupported: [] }) };
}

type Assumed = Pick<ConnectionSettings, 'options' | 'chosenDefaults' | 'needsGroups'>;

function optionsAt(
  { options = connectionOptionDefaults, chosenDefaults = [], needsGroups = false }: Assumed,
  { recognised, scopesSupported }: Pick<ProviderMetadata, 'recognised' | 'scopesSupported'>,
): EffectiveOptions {
  return effectiveOptions(recognised.profile, {
    stored: options,
    chosen: chosenDefaults,
    needsGroups,
    scopesSupported,
  });
}

function typedFacts(source: ProviderSource) {
  return source.kind === 'custom'
    ? source
    : { issuer: discoveryAddress(source.discoveryUrl)?.issuers[0] ?? source.discoveryUrl };
}
