import { promptValues } from '../contract/connection-option-values.ts';
import type { ConnectionOptions } from '../contract/connection-options.ts';
import { claimNameLengthMax } from '../contract/limits.ts';
import { isCleanText } from '../contract/text.ts';
import type { FieldIssue } from './rules.ts';

/** Holds complete options against the rules that no schema says; every fault is its own issue. */
export function checkOptions(options: ConnectionOptions): FieldIssue[] {
  return [
    ...eachFault('additionalScopes', options.additionalScopes, scopeFault),
    ...eachFault('acrValues', options.acrValues, acrFault),
    ...promptFaults(options.prompt),
    ...groupsFaults(options),
    ...Object.keys(options.requiredClaims).flatMap((name) => requiredClaimFaults(name, options.requiredClaims[name])),
  ];
}

/** The same options as they are stored: lists without repetitions. */
export function tidyOptions<Options extends ConnectionOptions>(options: Options): Options {
  return {
    ...options,
    additionalScopes: [...new Set(options.additionalScopes)],
    emailClaims: [...new Set(options.emailClaims)],
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

// The request lists them with spaces between (OpenID Connect Core, section 3.1.2.1).
function acrFault(acr: string): string | undefined {
  return /\s/u.test(acr) ? 'must be one value without spaces' : undefined;
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

function promptFaults(prompt: string): FieldIssue[] {
  const known: readonly string[] = promptValues;
  // `none` forbids the provider to show its sign-in page, so nobody who is not signed in there already could get in.
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

/** Claims that are checked against what this server knows itself; a fixed value for one could only break sign-ins. */
const protocolClaims = ['iss', 'sub', 'aud', 'azp', 'exp', 'nbf', 'iat', 'nonce', 'auth_time', 'at_hash', 'c_hash'];

function requiredClaimFaults(name: string, value: unknown): FieldIssue[] {
  const path = `requiredClaims.${name.slice(0, 80)}`;
  const texts = [name, ...(typeof value === 'string' ? [value] : [])];
  if (!texts.every(isCleanText)) {
    return [{ path, code: 'forbidden_character', message: 'must not hold control characters or broken Unicode' }];
  }
  if (name === '' || name.length > claimNameLengthMax) {
    return [{ path, code: 'name', message: `must be named with 1 to ${claimNameLengthMax} characters` }];
  }
  if (protocolClaims.includes(name)) return [{ path, code: 'name', message: 'is checked without being named here' }];
  if (name === 'acr') return [{ path, code: 'name', message: 'belongs into acrValues' }];
  return [];
}
