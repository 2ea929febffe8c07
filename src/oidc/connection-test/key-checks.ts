import type { KeyFault, JwkSet } from '../discovery/jwk-set.ts';
import { candidateKeys } from '../discovery/jwk-set.ts';
import type { PublicKeyAlgorithm } from '../callback/signing-algorithm.ts';
import { judgeDocument } from './document-checks.ts';
import type { TestFacts } from './facts.ts';
import { type Finding, ofAnswer, skipped, skippedFor, stoppedAt } from './finding.ts';

/** The JWK Set (RFC 7517) can be read, has a key for the configured algorithm, and contains no private key. */
export function checkKeys(facts: TestFacts): Finding {
  const { algorithm } = facts.connection;
  if (algorithm === 'HS256') return skipped('With HS256 the client secret is the key, and no published key is used.');
  if (facts.keys === undefined) return skippedFor(stoppedAt(facts));
  return ofAnswer(facts.keys, ({ answer }) => {
    const asDocument = judgeDocument(answer, 'the JWK Set (jwks_uri)');
    if (asDocument.outcome !== 'passed') return asDocument;
    return facts.keySet === undefined ? noKeySet : judgeKeys(facts.keySet, algorithm);
  });
}

const noKeySet: Finding = {
  outcome: 'failed',
  expected: 'An object with the list "keys"',
  message: 'The document is not a JWK Set.',
  action: 'Check the URL of the JWK Set (jwks_uri) at the identity provider.',
};

function judgeKeys(keySet: JwkSet, algorithm: PublicKeyAlgorithm): Finding {
  const usable = candidateKeys(keySet, algorithm, undefined);
  const expected = `A public key for ${algorithm}`;
  const found = [
    `${keySet.keys.length + keySet.skipped.length} keys, ${usable.length} for ${algorithm}`,
    ...count(keySet.skipped).map(([fault, times]) => `${times} skipped: ${faultTexts[fault]}`),
  ].join('; ');
  if (usable.length === 0) {
    return {
      outcome: 'failed',
      expected,
      found,
      message: 'The JWK Set has no usable key for the configured algorithm.',
      action: 'Set jwtSignatureAlgorithm to what the provider signs with, or give the application a signing key there.',
    };
  }
  if (keySet.skipped.includes('private')) {
    return {
      outcome: 'warning',
      expected,
      found,
      message:
        'The JWK Set publishes a private key. Anyone who reads it can sign in as any user, everywhere it is trusted.',
      action: 'Revoke that key at the identity provider now, and create a new one.',
    };
  }
  if (keySet.skipped.some((fault) => fault === 'rsa_size' || fault === 'rsa_exponent')) {
    return {
      outcome: 'warning',
      expected,
      found,
      message: 'The JWK Set has a weak RSA key. Tokens that it signs are rejected.',
      action: 'Replace it by a key of 2048 bits or more at the identity provider.',
    };
  }
  return { outcome: 'passed', expected, found, message: 'The JWK Set has a usable key.' };
}

function count(faults: readonly KeyFault[]): readonly (readonly [KeyFault, number])[] {
  return [...new Set(faults)].map((fault) => [fault, faults.filter((one) => one === fault).length]);
}

const faultTexts: Readonly<Record<KeyFault, string>> = {
  not_a_key: 'not a key',
  private: 'a private key',
  symmetric: 'a symmetric key',
  unsupported_type: 'an unsupported type',
  not_for_signatures: 'not for signatures',
  rsa_size: 'RSA of an unsafe size',
  rsa_exponent: 'RSA with an unsafe exponent',
  other_issuer: 'of another issuer',
  malformed: 'malformed',
};
