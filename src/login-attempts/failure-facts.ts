import type { KnownError } from '../contract/errors.ts';
import { type AttemptStepName, attemptStepNames } from '../contract/login-attempts.ts';
import { upstreamText } from '../oidc/upstream-text.ts';

const factNames = [
  'step',
  'check',
  'expected',
  'found',
  'reason',
  'status',
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
  'keys',
  'library',
  'domain',
] as const;
type FactName = (typeof factNames)[number];

/** What is kept of an error: facts of these names alone, each one line of bounded length. */
export type FailureFacts = { readonly [Name in FactName]?: string | number | undefined };

/** Takes out of an error what its record may tell. */
export function failureFacts({ code, meta }: KnownError): FailureFacts {
  const facts: Partial<Record<FactName, string | number>> = {};
  const found: Readonly<Record<string, unknown>> = { ...meta };
  for (const name of factNames) {
    const fact = readFact(name, found[name]);
    if (fact !== undefined) facts[name] = fact;
  }
  // Which ports of the operator's own network are closed, and which addresses are refused, is not an admin's to learn.
  const isAboutNetwork = code === 'idp_address_refused' || (code === 'idp_unreachable' && facts.reason !== 'status');
  if (isAboutNetwork) delete facts.reason;
  return facts;
}

function readFact(name: FactName, value: unknown): string | number | undefined {
  if (typeof value === 'number') return value;
  if (Array.isArray(value)) return readFact(name, value.filter((each) => typeof each === 'string').join(' or '));
  const text = upstreamText(value);
  return name === 'error' || name === 'errorDescription' ? text && impersonal(text) : text;
}

const longWordLength = 40;
const longWord = new RegExp(String.raw`[\w~+/=.-]{${longWordLength},}`, 'gu');

// In its own words a provider may name whom it refused, and repeat what it was sent. Of an address the domain stays;
// what is too long for a word, an identifier or an error's number is a token.
function impersonal(text: string): string {
  return text.replaceAll(/[^\s@'"<>(]+@/gu, '[…]@').replaceAll(longWord, '[…]');
}

/**
 * The provider's own error and its description, as one quotation; `undefined` if it sent none. They are for admins: the
 * facts have no address and no token of them any more.
 */
export function ownWords({ error, errorDescription }: FailureFacts): string | undefined {
  if (error === undefined) return undefined;
  return errorDescription === undefined ? String(error) : `${error}: ${errorDescription}`;
}

/** A sentence, followed by the provider's own words if there are any. */
export function withWords(text: string, facts: FailureFacts): string {
  const words = ownWords(facts);
  return words === undefined ? text : `${text} In its own words: "${words}".`;
}

/** The step that an error ended. */
export function failedStep({ code, meta }: KnownError): AttemptStepName {
  const found: Readonly<Record<string, unknown>> = { ...meta };
  const check = attemptStepNames.find((name) => name === found['check']);
  switch (found['step']) {
    case 'id_token':
      return check ?? 'library';
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
