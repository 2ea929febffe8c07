import { optionsOf } from '../connection.ts';
import { applyProfile } from '../profiles/apply-profile.ts';
import { signatureAlgorithms } from '../../contract/algorithms.ts';
import { requestedScopes } from '../authorization/authorization-request.ts';
import { member, type JsonObject } from '../bounded-json.ts';
import { macKeyBytesMin } from '../limits.ts';
import { algorithmNames } from '../callback/signing-algorithm.ts';
import { clientMethod, listOf } from './client-method.ts';
import type { TestFacts } from './facts.ts';
import { type Finding, skipped, skippedFor, stoppedAt } from './finding.ts';

const unlisted = "There is no document with the provider's capabilities.";

// What a document lists; the step's finding if the document could not be read.
function ofDocument({ connection, document }: TestFacts, judge: (document: JsonObject) => Finding): Finding {
  if (document !== undefined) return judge(document);
  return connection.source.kind === 'custom' ? skipped(unlisted) : skippedFor('discovery');
}

/** Checks that the provider signs with the configured algorithm, and that a shared key is long enough. */
export function checkAlgorithms(facts: TestFacts): Finding {
  const { algorithm } = facts.connection;
  if (algorithm === 'HS256' && facts.secret.kind === 'usable' && facts.secret.bytes < macKeyBytesMin) {
    return {
      outcome: 'warning',
      expected: `HS256 with a client secret of ${macKeyBytesMin} bytes or more`,
      found: 'a shorter client secret',
      message: 'With HS256 the client secret signs the ID tokens, and this one is short enough to be guessed.',
      action: 'Create a longer secret at the identity provider, or use RS256 or ES256, which share no secret.',
    };
  }
  return ofDocument(facts, (document) => judgeAlgorithms(document, algorithm));
}

function judgeAlgorithms(document: JsonObject, algorithm: TestFacts['connection']['algorithm']): Finding {
  const listed = listOf(document, 'id_token_signing_alg_values_supported');
  const expected = algorithm;
  if (listed === undefined) {
    return {
      outcome: 'warning',
      expected,
      found: 'no list',
      message: 'The discovery document does not list the algorithms of ID tokens.',
      action: 'Compare jwtSignatureAlgorithm with the setting of the application at the identity provider.',
    };
  }
  const found = listed.join(', ');
  if (!algorithmNames(algorithm).some((name) => listed.includes(name))) {
    const usable = signatureAlgorithms.filter((one) => algorithmNames(one).some((name) => listed.includes(name)));
    return {
      outcome: 'failed',
      expected,
      found,
      message: 'The provider does not sign ID tokens with the configured algorithm.',
      action:
        usable.length === 0
          ? 'Configure the identity provider to sign ID tokens with RS256 or ES256.'
          : `Set jwtSignatureAlgorithm to what the application is set to at the identity provider: ${usable.join(', ')}.`,
    };
  }
  if (listed.includes('none')) {
    return {
      outcome: 'warning',
      expected,
      found,
      message: 'The provider also issues unsigned ID tokens. They are rejected here.',
      action: 'Turn them off at the identity provider to protect other applications.',
    };
  }
  return { outcome: 'passed', expected, found, message: 'The provider signs with the configured algorithm.' };
}

/** PKCE (RFC 7636; RFC 8414, section 2). For information: S256 is always sent. */
export function checkPkce(facts: TestFacts): Finding {
  return ofDocument(facts, (document) => {
    const listed = listOf(document, 'code_challenge_methods_supported');
    const expected = 'S256';
    if (listed === undefined) {
      const message =
        'The provider does not say that it supports PKCE. S256 is sent anyway, because several providers support it without saying so.';
      return { outcome: 'passed', expected, found: 'not listed', message };
    }
    return listed.includes('S256')
      ? { outcome: 'passed', expected, found: listed.join(', '), message: 'The provider supports PKCE with S256.' }
      : {
          outcome: 'warning',
          expected,
          found: listed.join(', ') || 'an empty list',
          message: 'The provider supports PKCE but does not list S256, which is sent.',
          action: 'Allow S256 for the application at the identity provider.',
        };
  });
}

/** Requirements for every request that Sallyport does not support, by the member of the document. */
const unmetRequirements: readonly (readonly [member: string, name: string])[] = [
  ['require_pushed_authorization_requests', 'pushed authorization requests (RFC 9126)'],
  ['require_signed_request_object', 'signed authorization requests (RFC 9101)'],
];

/** The code flow, the provider's requirements for every request, and the `iss` parameter (RFC 9207). */
export function checkResponse(facts: TestFacts): Finding {
  return ofDocument(facts, (document) => {
    const types = listOf(document, 'response_types_supported');
    const grants = listOf(document, 'grant_types_supported');
    const sendsIss = member(document, 'authorization_response_iss_parameter_supported') === true;
    const expected = 'The authorization code flow: response type "code"';
    const found = [
      types === undefined ? 'response types not listed' : `response types ${types.join(', ')}`,
      sendsIss ? 'sends the iss parameter (RFC 9207)' : 'does not send the iss parameter',
    ].join('; ');
    const failed = (message: string, action: string): Finding => ({
      outcome: 'failed',
      expected,
      found,
      message,
      action,
    });
    const hasCode =
      (types ?? ['code']).includes('code') && (grants ?? ['authorization_code']).includes('authorization_code');
    if (!hasCode) {
      return failed(
        'The provider does not support the authorization code flow.',
        'Register the application as a web application with the authorization code flow.',
      );
    }
    const unmet = unmetRequirements.filter(([name]) => member(document, name) === true);
    if (unmet.length > 0) {
      const names = unmet.map(([, name]) => name).join(' and ');
      return failed(
        `The provider requires ${names}, which Sallyport does not send. No sign-in can succeed.`,
        'Turn the requirement off at the identity provider, for this application or for all.',
      );
    }
    return {
      outcome: 'passed',
      expected,
      found,
      message: `The provider supports the authorization code flow.${unseen(document)}`,
    };
  });
}

/**
 * Features that a document offers and that an application may require. Only the application's own settings show that.
 */
const offers: readonly (readonly [member: string, name: string])[] = [
  ['dpop_signing_alg_values_supported', 'DPoP-bound tokens'],
  ['id_token_encryption_alg_values_supported', 'encrypted ID tokens'],
];

function unseen(document: JsonObject): string {
  const offered = offers.filter(([name]) => (listOf(document, name) ?? []).length > 0).map(([, name]) => name);
  if (offered.length === 0) return '';
  return ` The document does not say whether this application is set to ${offered.join(' or ')}, which Sallyport does not support. Only a sign-in shows that.`;
}

/** Checks that the provider supports the requested scopes (Discovery, section 3). It need not list all of them. */
export function checkScopes(facts: TestFacts): Finding {
  return ofDocument(facts, (document) => {
    const asked = requestedScopes(optionsOf(facts.connection));
    const listed = listOf(document, 'scopes_supported');
    const expected = asked.join(' ');
    if (listed === undefined) {
      return { outcome: 'passed', expected, found: 'not listed', message: 'The provider does not list its scopes.' };
    }
    const isKnown = asked.every((scope) => listed.includes(scope));
    return isKnown
      ? { outcome: 'passed', expected, found: listed.join(' '), message: 'The provider supports every scope.' }
      : {
          outcome: 'warning',
          expected,
          found: listed.join(' '),
          message: 'The provider does not list every requested scope. Some providers then reject the whole sign-in.',
          action: 'Allow the scopes for the application at the identity provider, or request fewer.',
        };
  });
}

/** The client authentication at the token endpoint (OpenID Connect Core, section 9). */
export function checkClientAuthentication(facts: TestFacts): Finding {
  if (facts.metadata === undefined) return skippedFor(stoppedAt(facts));
  const connection = applyProfile(facts.connection, facts.metadata);
  const { method, supported, problem } = clientMethod(connection, facts.metadata, facts.document);
  const found = supported?.join(', ') ?? 'not listed';
  if (problem === 'not_supported') {
    return {
      outcome: 'failed',
      expected: method,
      found,
      message: `The provider does not list ${method}, the configured client authentication.`,
      action: 'Set tokenEndpointAuthMethod to one that the provider lists, or have it accept this one.',
    };
  }
  return problem === undefined
    ? { outcome: 'passed', expected: method, found, message: `The client authentication is ${method}.` }
    : {
        outcome: 'warning',
        expected: 'client_secret_basic or client_secret_post',
        found,
        message: `The provider lists no client authentication with a client secret. Sign-ins try ${method} anyway.`,
        action: 'If the step "secret" fails, change the client authentication of the application to a client secret.',
      };
}
