import type { Fact, FailureFacts } from '../contract/attempt-facts.ts';
import type { KnownError } from '../contract/errors.ts';
import { type AttemptStepName, attemptStepNames } from '../contract/login-attempts.ts';
import { upstreamText } from '../oidc/upstream-text.ts';
import { mapTexts } from './packed-step.ts';

const textNames = [
  'step',
  'check',
  'reason',
  'method',
  'error',
  'errorDescription',
  'parameter',
  'field',
  'host',
  'claim',
  'audience',
  'userinfo',
  'pkce',
  'state',
  'library',
  'domain',
] as const satisfies readonly (keyof FailureFacts)[];

/** Takes from an error what its record may show. Every text is one line of bounded length. */
export function failureFacts({ code, meta }: KnownError): FailureFacts {
  const found: Readonly<Record<string, unknown>> = { ...meta };
  const texts: { [Name in (typeof textNames)[number]]?: string } = {};
  for (const name of textNames) {
    const text = upstreamText(found[name]);
    if (text !== undefined) texts[name] = isWrittenByProvider(name) ? impersonal(text) : text;
  }
  // An admin must not learn which ports of the operator's network are closed or which addresses are refused.
  const isAboutNetwork = code === 'idp_address_refused' || (code === 'idp_unreachable' && texts.reason !== 'status');
  if (isAboutNetwork) delete texts.reason;
  const expected = 'expected' in meta ? meta.expected : undefined;
  const fact = 'found' in meta ? meta.found : undefined;
  return {
    ...texts,
    ...('status' in meta && meta.status !== undefined ? { status: meta.status } : {}),
    ...('keys' in meta && meta.keys !== undefined ? { keys: meta.keys } : {}),
    ...(expected === undefined ? {} : { expected: cleanFact(expected) }),
    ...(fact === undefined ? {} : { found: cleanFact(fact) }),
  };
}

// Issuers, audiences and the like come from the provider as well.
function cleanFact(fact: Fact): Fact {
  return mapTexts(fact, (text) => upstreamText(text) ?? '');
}

function isWrittenByProvider(name: string): boolean {
  return name === 'error' || name === 'errorDescription';
}

const longWordLength = 40;
const longWord = new RegExp(String.raw`[\w~+/=.-]{${longWordLength},}`, 'gu');

// The provider's own text may name the user and repeat what it was sent. Of an e-mail address only the domain is kept.
// A word that is too long for a name or an error number is a token.
function impersonal(text: string): string {
  return text.replaceAll(/[^\s@'"<>(]+@/gu, '[…]@').replaceAll(longWord, '[…]');
}

/** The step that an error ended. */
export function failedStep({ code, meta }: KnownError): AttemptStepName {
  const found: Readonly<Record<string, unknown>> = { ...meta };
  switch (found['step']) {
    case 'id_token':
      return attemptStepNames.find((name) => name === found['check']) ?? 'library';
    case 'callback':
      return callbackStep(code, found['reason']);
    case 'token':
      return 'token_request';
    case 'claims':
      return 'email';
    case 'discovery':
    case 'keys':
    case 'userinfo':
    case 'provisioning':
      return found['step'];
    default:
      return stepOfCode(code);
  }
}

function callbackStep(code: KnownError['code'], reason: unknown): AttemptStepName {
  if (code === 'callback_malformed') return reason === 'state' ? 'state' : 'callback_form';
  return code === 'idp_issuer_mismatch' ? 'callback_iss' : 'idp_answer';
}

function stepOfCode(code: KnownError['code']): AttemptStepName {
  if (code === 'config_changed') return 'configuration';
  if (code === 'id_token_missing') return 'token_request';
  return code.startsWith('idp_') ? 'discovery' : 'server';
}
