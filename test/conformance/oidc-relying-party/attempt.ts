import type { SignatureAlgorithm } from '../../../src/contract/algorithms.ts';
import { isKnownError, type ErrorCode } from '../../../src/contract/errors.ts';
import type { ConnectionSettings } from '../../../src/oidc/connection.ts';
import type { AuthorizationCallback } from '../../../src/oidc/callback/finish-authorization.ts';
import type { VerifiedIdentity } from '../../../src/oidc/identity/verified-identity.ts';
import { createTestParty, fixedClock, type FixedClock } from '../../support/faulty-idp-sign-in.ts';
import { startFaultyIdp, type FaultyIdp, type FaultyIdpOptions } from '../../support/faulty-idp.ts';

export interface AttemptOptions extends Omit<FaultyIdpOptions, 'clock'> {
  readonly connection?: Partial<ConnectionSettings>;
  /** Changes the connection after the provider's address is known. */
  readonly connectionTo?: (idp: FaultyIdp) => Partial<ConnectionSettings>;
  /** Changes the authorization response from the browser. */
  readonly tamper?: (answer: AuthorizationCallback) => AuthorizationCallback;
}

/** The result of a sign-in, and what the provider saw of it. */
export interface Attempt {
  readonly code: ErrorCode | 'signed_in';
  readonly meta: Readonly<Record<string, unknown>>;
  readonly identity: VerifiedIdentity | undefined;
  readonly idp: FaultyIdp;
}

const fastAlgorithm: SignatureAlgorithm = 'EdDSA';

/** Signs in once at a provider with the given faults. The clock is fixed for both sides. */
export function attempt(options: AttemptOptions = {}): Promise<Attempt> {
  return withProvider(options, ({ signIn }) => signIn());
}

export interface Scene {
  readonly idp: FaultyIdp;
  readonly clock: FixedClock;
  /** One sign-in; the relying party keeps its caches between sign-ins. */
  signIn(): Promise<Attempt>;
}

/** Runs several sign-ins of one relying party at one provider. */
export async function withProvider<Result>(
  options: AttemptOptions,
  run: (scene: Scene) => Promise<Result>,
): Promise<Result> {
  const clock = fixedClock();
  const algorithm = options.algorithm ?? fastAlgorithm;
  const idp = await startFaultyIdp({ ...options, algorithm, clock });
  const settings = { algorithm, ...options.connection, ...options.connectionTo?.(idp) };
  const test = createTestParty(idp, { clock, ...settings });

  const finish = async (): Promise<VerifiedIdentity> => {
    const { answer } = await test.begin();
    return test.party.finishAuthorization(test.connection, options.tamper?.(answer) ?? answer);
  };
  const signIn = async (): Promise<Attempt> => {
    try {
      return { code: 'signed_in', meta: {}, identity: await finish(), idp };
    } catch (error) {
      if (!isKnownError(error)) {
        throw error;
      }
      return { code: error.code, meta: { ...error.meta }, identity: undefined, idp };
    }
  };
  try {
    return await run({ idp, clock, signIn });
  } finally {
    await test.close();
    await idp.close();
  }
}
