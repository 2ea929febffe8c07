import { promptValues } from '../contract/connection-option-values.ts';
import type { ConnectionOptions } from '../contract/connection-options.ts';
import { scopesLengthMax } from '../contract/limits.ts';
import { isCleanText } from '../contract/text.ts';
import { findParameterFaults } from './check-parameters.ts';
import { findRequiredClaimFaults } from './check-required-claims.ts';
import type { FieldIssue } from './rules.ts';

/** Checks complete options against the rules that a schema cannot express. Every fault is an issue of its own. */
export function checkOptions(options: ConnectionOptions): FieldIssue[] {
  return [
    ...eachFault('scopes', options.scopes, scopeFault),
    ...eachFault('additionalScopes', options.additionalScopes, scopeFault),
    ...scopesFaults(options),
    ...eachFault('acrValues', options.acrValues, acrFault),
    ...promptFaults(options.prompt),
    ...groupsFaults(options),
    ...findRequiredClaimFaults(options.requiredClaims),
    ...findParameterFaults(options.authorizationParameters),
  ];
}

/** The options as they are stored: lists without repetitions. */
export function tidyOptions<Options extends ConnectionOptions>(options: Options): Options {
  return {
    ...options,
    scopes: [...new Set(options.scopes)],
    additionalScopes: [...new Set(options.additionalScopes)],
    emailClaims: [...new Map(options.emailClaims.map((claim) => [JSON.stringify(claim), claim])).values()],
    acrValues: [...new Set(options.acrValues)],
    trustedAudiences: [...new Set(options.trustedAudiences)],
    prompt: [...new Set(words(options.prompt))].join(' '),
  };
}

function eachFault(
  path: string,
  values: readonly string[],
  faultOf: (value: string) => string | undefined,
): FieldIssue[] {
  return values.flatMap((value, index) => {
    const message = faultOf(value);
    return message === undefined ? [] : [{ path: `${path}.${index}`, code: 'value', message }];
  });
}

// RFC 6749, section 3.3.
function scopeFault(scope: string): string | undefined {
  return /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)
    ? undefined
    : 'must be one scope: printable ASCII without spaces, quotation marks and backslashes';
}

// Two settings for the scopes would contradict each other.
function scopesFaults({ scopes, additionalScopes }: ConnectionOptions): FieldIssue[] {
  if (scopes.length > 0 && additionalScopes.length > 0) {
    const message = 'must be empty when scopes is set; name all scopes in scopes';
    return [{ path: 'additionalScopes', code: 'conflict', message }];
  }
  const path = scopes.length > 0 ? 'scopes' : 'additionalScopes';
  const isTooLong = [...scopes, ...additionalScopes].join(' ').length > scopesLengthMax;
  const message = `must have at most ${scopesLengthMax} characters in all`;
  return isTooLong ? [{ path, code: 'maxLength', message }] : [];
}

// The request separates them by spaces (OpenID Connect Core, section 3.1.2.1).
function acrFault(acr: string): string | undefined {
  return /\s/u.test(acr) ? 'must be one value without spaces' : undefined;
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

function promptFaults(prompt: string): FieldIssue[] {
  const known: readonly string[] = promptValues;
  // `none` forbids the provider to show its sign-in page, so only users who are signed in there already could sign in.
  return words(prompt).every((word) => known.includes(word))
    ? []
    : [{ path: 'prompt', code: 'value', message: `must be empty, or made of ${known.join(', ')}` }];
}

function groupsFaults({ groupsFormat, groupsDelimiter, groupsSource, userinfo }: ConnectionOptions): FieldIssue[] {
  const faults: FieldIssue[] = [];
  if (!isCleanText(groupsDelimiter)) {
    const message = 'must not hold control characters or broken Unicode';
    faults.push({ path: 'groupsDelimiter', code: 'forbidden_character', message });
  }
  if (groupsFormat === 'delimited' && groupsDelimiter === '') {
    const message = 'is required when groupsFormat is delimited';
    faults.push({ path: 'groupsDelimiter', code: 'required', message });
  }
  if (groupsSource === 'userinfo' && userinfo === 'never') {
    faults.push({ path: 'userinfo', code: 'conflict', message: 'must not be never when groupsSource is userinfo' });
  }
  return faults;
}
