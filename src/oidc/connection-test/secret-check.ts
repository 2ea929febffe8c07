import { needsFormEncoding } from '../client-authentication/client-authentication.ts';
import { optionsOf } from '../connection.ts';
import { parseJsonObject, stringMember } from '../bounded-json.ts';
import { isJsonType, isTemporary } from '../discovery/fetch-document.ts';
import type { OutboundResponse } from '../../outbound/outbound-request.ts';
import { type ClientProof, explainError, proofOf, type ProviderError } from '../profiles/explain-error.ts';
import type { ProviderErrorCode } from '../../texts/catalogue.ts';
import { judgeProbe } from '../profiles/judge-probe.ts';
import type { Profile } from '../profiles/profile.ts';
import type { TestFacts } from './facts.ts';
import { type Finding, ofAnswer, skipped, skippedFor, stoppedAt } from './finding.ts';

/**
 * Checks the client secret by the token endpoint's response to an invented code. RFC 6749, section 5.2, has two error
 * codes: `invalid_client` if client authentication failed, `invalid_grant` if it succeeded and only the code is wrong.
 */
export function checkSecret(facts: TestFacts): Finding {
  const { secret } = facts;
  if (secret.kind === 'led_away') return ledAway;
  const proof = proofOf(optionsOf(facts.connection).tokenEndpointAuthMethod);
  if (proof === 'key' && secret.kind !== 'usable') return withoutKey(secret.kind);
  switch (secret.kind) {
    case 'missing':
      return skipped('No client secret was given, so none is tested.');
    case 'moved':
      return skipped(
        'The stored secret was entered for another URL, and is not sent to a new one. Add clientSecret to test it there.',
      );
    case 'sealed_shut':
      return {
        outcome: 'failed',
        message: 'The stored secret cannot be decrypted, because its row was changed or moved. It is not sent.',
        action: 'Enter the client secret again.',
      };
    case 'usable':
      break;
    default:
      return secret satisfies never;
  }
  if (facts.token === undefined) {
    return skippedFor(facts.metadata === undefined ? stoppedAt(facts) : 'clientAuthentication');
  }
  return ofAnswer(facts.token, ({ answer }) => withForm(facts, judgeTokenAnswer(answer, facts.profile, proof)));
}

// Basic credentials are form-encoded (RFC 6749, section 2.3.1), and several providers do not decode them.
function withForm({ connection, secret, rawBasic }: TestFacts, finding: Finding): Finding {
  switch (rawBasic) {
    case 'accepted':
      return {
        ...finding,
        message: `${finding.message} It rejected form-encoded Basic credentials and accepted unencoded ones, so sign-ins use client_secret_basic_raw.`,
      };
    case 'refused':
      return {
        ...finding,
        message: `${finding.message} It was sent with and without form-encoding, because it has characters that some providers do not decode.`,
      };
    case 'not_needed':
      break;
    default:
      return rawBasic satisfies never;
  }
  const isSetByHand = optionsOf(connection).tokenEndpointAuthMethod === 'client_secret_basic';
  const couldBeUndecoded = secret.kind === 'usable' && isSetByHand && needsFormEncoding(connection);
  if (finding.outcome !== 'failed' || !couldBeUndecoded) return finding;
  return {
    ...finding,
    action:
      'The client id or secret has characters that some providers do not decode. Try tokenEndpointAuthMethod client_secret_basic_raw or client_secret_post before you create a new secret.',
  };
}

const ledAway: Finding = {
  outcome: 'failed',
  message:
    'The document names another host for the token endpoint than when the secret was entered. Sign-ins are refused, and the secret is not sent there.',
  action: 'If the provider moved the token endpoint, enter the client secret again.',
};

function withoutKey(kind: 'missing' | 'moved' | 'sealed_shut'): Finding {
  return kind === 'sealed_shut'
    ? {
        outcome: 'failed',
        message: "The client's key cannot be decrypted, because its row was changed or moved. Nothing is sent.",
        action: 'Set another tokenEndpointAuthMethod, and then private_key_jwt again, for a new key pair.',
      }
    : skipped('The key pair for this URL is created when the connection is stored, so it cannot be tested yet.');
}

const expected = 'invalid_grant, for an invented code';

function judgeTokenAnswer(answer: OutboundResponse, profile: Profile, proof: ClientProof): Finding {
  const parsed = isJsonType(answer) ? parseJsonObject(answer.body) : undefined;
  const json = parsed?.ok ? parsed.value : {};
  const error = stringMember(json, 'error');
  const errorDescription = stringMember(json, 'error_description');
  const found = [`status ${answer.status}`, error, errorDescription].filter((part) => part !== undefined).join(', ');
  if (answer.status === 200 && error === undefined) {
    return {
      outcome: 'failed',
      expected,
      found,
      message: 'The token endpoint did not reject an invented code. It cannot be trusted.',
      action: 'Check the URL of the token endpoint.',
      screen: 'issuer',
    };
  }
  if (isTemporary(answer.status)) {
    return {
      outcome: 'warning',
      expected,
      found,
      message: 'The token endpoint reports that it is not available now, so the secret was not tested.',
      action: 'Try again later.',
      screen: 'logs',
    };
  }
  // A 401 without a body means invalid_client (RFC 6749, section 5.2).
  const said = { error: error ?? (answer.status === 401 ? 'invalid_client' : undefined), errorDescription, proof };
  return { expected, found, ...judgeError(profile, said) };
}

// The vendor's own error codes come first. An unknown error proves nothing.
function judgeError(profile: Profile, said: ProviderError & { readonly proof: ClientProof }): Finding {
  const verdict = judgeProbe(profile, said);
  const explained = explainError(profile, said);
  if (explained !== undefined && (verdict.secret === 'refused' || stopsSignIns.has(explained.id))) {
    const { meaning, remedy, screen } = explained;
    return { outcome: 'failed', message: meaning, action: remedy, ...(screen === undefined ? {} : { screen }) };
  }
  if (verdict.secret === 'accepted' && verdict.certainty === 'proof') {
    const message = `The provider accepts the client id ${proofWords[said.proof]}. It rejected only the invented code.`;
    return { outcome: 'passed', message };
  }
  const action = 'Sign in once to test it. If that fails, see the response here.';
  return verdict.secret === 'accepted'
    ? {
        outcome: 'warning',
        message: `The provider seems to accept the client id ${proofWords[said.proof]}. ${profile.probe.remark ?? notCertain}`,
        action,
      }
    : {
        outcome: 'warning',
        message: `The response does not say whether the provider accepts the client id ${proofWords[said.proof]}. Only a sign-in shows it.`,
        action,
      };
}

const proofWords = { secret: 'and the secret', key: 'and the key', none: 'without a secret' } as const;

const notCertain = 'But this provider may check the code before the secret.';

// Errors that would stop every sign-in, whatever they say about the secret.
const stopsSignIns: ReadonlySet<ProviderErrorCode> = new Set<ProviderErrorCode>([
  'client_unknown',
  'client_disabled',
  'client_secret_wrong',
  'client_secret_expired',
  'client_key_refused',
  'client_certificate_unknown',
  'client_assertion_not_current',
  'client_is_public',
  'client_public_refused',
  'client_authentication_method',
  'grant_not_allowed',
  'redirect_uri_unregistered',
  'tenant_unknown',
  'tenant_specific_required',
]);
