import type { Generated } from 'kysely';

import type { SignatureAlgorithm } from '../../contract/algorithms.ts';
import type { GroupNameMatching } from '../../contract/connection-option-values.ts';
import type { ConfigurationType } from '../../contract/oidc-config.ts';
import type { Bit } from './codecs.ts';

/** A connection: an organization's settings for its identity provider. */
export interface ConnectionsTable {
  id: string;
  organization_id: string;
  revision: number;
  is_active: Bit;
  configuration_type: ConfigurationType;
  discovery_url: string;
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  userinfo_endpoint: string;
  jwks_uri: string;
  jwt_signature_algorithm: SignatureAlgorithm;
  client_id: string;
  sealed_client_secret: string;
  allowed_email_domains: string;
  manage_group_memberships: Bit;
  group_name_matching: Generated<GroupNameMatching>;
  /** A JSON object of the options that differ from their defaults. */
  options: Generated<string>;
  /** The token endpoint's origin in the discovery document when it was first read. */
  token_endpoint_origin: Generated<string | null>;
  /** The issuer in the discovery document when it was first read. */
  pinned_issuer: Generated<string | null>;
  last_sign_in_at: number | null;
  created_at: number;
  updated_at: number;
}

/** A key pair of a client that authenticates with a signed assertion. */
export interface ClientKeysTable {
  /** The `kid` of the published key. */
  id: string;
  connection_id: string;
  /** What the private key is sealed for: the organization and the token endpoint. */
  destination: string;
  public_jwk: string;
  sealed_private_jwk: string;
  /** PEM. */
  certificate: Generated<string | null>;
  active_from_at: number;
  publish_until_at: number | null;
  created_at: number;
}
