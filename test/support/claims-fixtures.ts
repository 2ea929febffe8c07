import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ConnectionOptions } from '../../src/contract/connection-options.ts';
import type { GroupsClaim } from '../../src/oidc/identity/groups-claim.ts';

type Claims = Record<string, unknown>;

/** The claims that a vendor really sends, and the expected identity. */
export interface ClaimsFixture {
  /** `vendor/case`. */
  readonly name: string;
  readonly about: string;
  /** The relevant part of the discovery document. Its issuer is the one that an admin entered. */
  readonly discovery: Claims & Readonly<Record<Endpoint | 'issuer', string>>;
  readonly managesGroups: boolean;
  /** The admin's other settings. */
  readonly options?: Partial<ConnectionOptions>;
  /** Without the nonce and the times, which a sign-in adds, and without hashes of what it exchanges. */
  readonly idToken: Claims & { readonly aud: string | string[]; readonly sub: string };
  /** Absent if the endpoint would reject the access token. */
  readonly userinfo?: Claims;
  readonly expected: ExpectedIdentity | ExpectedRefusal;
}

export type Endpoint = 'authorization_endpoint' | 'token_endpoint' | 'jwks_uri' | 'userinfo_endpoint';

export interface ExpectedIdentity {
  readonly profile: string;
  readonly asksUserinfo: boolean;
  readonly identity: {
    readonly subject: string;
    readonly email: string;
    readonly emailVerified: string;
    readonly firstName: string;
    readonly lastName: string;
    readonly groups: GroupsClaim;
  };
}

export interface ExpectedRefusal {
  readonly profile: string;
  readonly refusal: string;
  readonly check?: string;
}

const root = join(import.meta.dirname, '../fixtures/claims');

/** Every fixture below `test/fixtures/claims/<vendor>/`. */
export function loadClaimsFixtures(): readonly ClaimsFixture[] {
  return readdirSync(root).flatMap((vendor) =>
    readdirSync(join(root, vendor)).map((file) => ({
      name: `${vendor}/${file.replace(/\.json$/, '')}`,
      ...(JSON.parse(readFileSync(join(root, vendor, file), 'utf8')) as Omit<ClaimsFixture, 'name'>),
    })),
  );
}

/** The client that a fixture's tokens are for. */
export function clientOf({ idToken }: ClaimsFixture): string {
  const [first = ''] = [idToken.aud].flat();
  return first;
}
