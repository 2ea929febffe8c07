import type {
  applicationKinds,
  applicationReaches,
  clientAuthMethods,
  groupsClaimForms,
  idTokenAlgorithms,
  pkcePolicies,
  refreshTokenPolicies,
} from '../../contract/applications.ts';
import type { Bit } from './codecs.ts';

/** A client of the OpenID Provider. */
export interface ApplicationsTable {
  id: string;
  client_id: string;
  /** `null` for an application of the operator. */
  organization_id: string | null;
  name: string;
  kind: (typeof applicationKinds)[number];
  redirect_uris: string;
  post_logout_redirect_uris: string;
  backchannel_logout_uri: string | null;
  initiate_login_uri: string | null;
  token_endpoint_auth_method: (typeof clientAuthMethods)[number];
  jwks_uri: string | null;
  jwks: string | null;
  id_token_algorithm: (typeof idTokenAlgorithms)[number];
  reach: (typeof applicationReaches)[number];
  allowed_groups: string | null;
  groups_claim: (typeof groupsClaimForms)[number];
  refresh_tokens: (typeof refreshTokenPolicies)[number];
  pkce: (typeof pkcePolicies)[number];
  require_consent: Bit;
  device_grant: Bit;
  revision: number;
  created_at: number;
  updated_at: number;
}

/** An organization whose members may use an application with the reach `listed`. */
export interface ApplicationOrganizationsTable {
  application_id: string;
  organization_id: string;
}

/** A client secret of an application, as a hash. */
export interface ApplicationSecretsTable {
  id: string;
  application_id: string;
  secret_hash: string;
  last_four: string;
  expires_at: number | null;
  created_at: number;
}

/** The identifier of an API that an application offers. */
export interface ApplicationResourcesTable {
  /** The id of the application's organization, or empty for the operator. */
  owner: string;
  identifier: string;
  application_id: string;
}

/** A session of which an application knows. */
export interface ApplicationSessionsTable {
  session_id: string;
  application_id: string;
  sid: string;
  created_at: number;
  last_used_at: number;
}

/** A code, a token or a pushed authorization request, by the hash of its value. */
export interface ApplicationTokensTable {
  token_hash: string;
  model: string;
  application_id: string;
  session_id: string | null;
  payload: string;
  consumed_at: number | null;
  expires_at: number;
  created_at: number;
}
