import type { ConnectionOptions } from '../../contract/connection-options.ts';
import { isJsonObject } from '../bounded-json.ts';

/**
 * The group names in a claim, read in the given format; `undefined` if the claim is not in that format. An empty list
 * means that the claim states no groups.
 */
export function groupNames(
  claim: unknown,
  { groupsFormat, groupsDelimiter }: Pick<ConnectionOptions, 'groupsFormat' | 'groupsDelimiter'>,
): readonly string[] | undefined {
  switch (groupsFormat) {
    case 'automatic':
      return textsOf(claim);
    case 'delimited':
      return textsOf(claim)?.flatMap((text) => text.split(groupsDelimiter).map((name) => name.trim()));
    case 'object-keys':
      return isJsonObject(claim) ? Object.keys(claim) : undefined;
    case 'distinguished-names': {
      const names = textsOf(claim)?.map(firstValueOf);
      return names?.every((name) => name !== undefined) ? names : undefined;
    }
    case 'bracketed':
      return flattened(textsOf(claim)?.map(bracketedNames));
    case 'json':
      return flattened(textsOf(claim)?.map(jsonNames));
    default:
      return groupsFormat satisfies never;
  }
}

// A single string that is not in the format makes the whole claim malformed.
function flattened(lists: readonly (readonly string[] | undefined)[] | undefined): readonly string[] | undefined {
  return lists?.every((list) => list !== undefined) ? lists.flat() : undefined;
}

// Amazon Cognito writes an attribute with several values as one string in square brackets and form-encodes each value,
// so a comma or bracket in a name is unambiguous. It writes an attribute with one value as it is.
function bracketedNames(text: string): readonly string[] | undefined {
  const trimmed = text.trim();
  const [isOpened, isClosed] = [trimmed.startsWith('['), trimmed.endsWith(']')];
  if (!isOpened && !isClosed) return [trimmed];
  if (!isOpened || !isClosed || trimmed.length === 1) return undefined;
  const inner = trimmed.slice(1, -1).trim();
  return inner === '' ? [] : inner.split(',').map((name) => formDecoded(name.trim()));
}

// If the encoding is invalid, the value was not encoded.
function formDecoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}

function jsonNames(text: string): readonly string[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? textsOf(list) : undefined;
  } catch {
    return undefined;
  }
}

function textsOf(claim: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return list.every((item) => typeof item === 'string') ? list : undefined;
}

// The value of the first attribute of an LDAP name (RFC 4514, section 2): `CN=Sales,OU=Groups,DC=acme` is Sales.
// Escapes are decoded: `\,`, `\+` and the like are the character itself, `\E2\82\AC` is the UTF-8 of a character.
function firstValueOf(name: string): string | undefined {
  const value = firstAttribute.exec(name)?.groups?.['value'];
  // `#` before a value means that its BER encoding follows in hexadecimal, which is not a name.
  return value === undefined || value.startsWith('#') ? undefined : unescape(withoutBlanksAfter(value));
}

// Keeps an escaped last blank. It searches from the end, because a pattern would try every run of blanks from each of
// its blanks.
function withoutBlanksAfter(value: string): string {
  let end = value.length;
  while (value[end - 1] === ' ' && value[end - 2] !== '\\') end -= 1;
  return value.slice(0, end);
}

// The value starts with a non-blank, so there is only one way to match a name, and no backtracking.
const firstAttribute =
  /^\s*[\w.-]+\s*=\s*(?<value>(?:[^\\,+"<>;\s]|\\[0-9A-Fa-f]{2}|\\[ "#+,;<=>\\])(?:[^\\,+"<>;]|\\[0-9A-Fa-f]{2}|\\[ "#+,;<=>\\])*)(?:[,+].*)?$/su;

function unescape(value: string): string {
  return value
    .replaceAll(/(?:\\[0-9A-Fa-f]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('\\', ''), 'hex').toString('utf8'))
    .replaceAll(/\\(.)/gsu, '$1');
}
