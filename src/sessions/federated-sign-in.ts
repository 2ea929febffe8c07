/** What a session keeps of a sign-in through an identity provider, for applications. */
export interface FederatedSignIn {
  readonly issuer: string;
  readonly subject: string;
  readonly acr: string | undefined;
  readonly amr: readonly string[];
  /** When the provider authenticated the user, if it said so. */
  readonly authenticatedAtMs: number | undefined;
  /** The SHA-256 of the cookie with which the browser signs in to applications; `undefined` for none. */
  readonly browserHash: string | undefined;
  /** The browser's earlier cookies of that kind, as hashes: these sessions end. */
  readonly replacesBrowserHashes: readonly string[];
}

/** A sign-in through an identity provider as columns of its session. */
export function federatedColumns(federated: FederatedSignIn | undefined) {
  if (federated === undefined) return {};
  return {
    browser_hash: federated.browserHash ?? null,
    idp_issuer: federated.issuer,
    idp_subject: federated.subject,
    idp_acr: federated.acr ?? null,
    idp_amr: federated.amr.length === 0 ? null : JSON.stringify(federated.amr),
    idp_authenticated_at: federated.authenticatedAtMs ?? null,
  };
}
