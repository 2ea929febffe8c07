import type { ConnectionOptions } from '../../contract/connection-options.ts';
import { isJsonObject } from '../bounded-json.ts';

/**
 * The names in a claim, of which the format says how they are written; `undefined` when they are not written so. An
 * empty list means that the claim says that there are none.
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

// One text that is not in the format makes the whole claim malformed.
function flattened(lists: readonly (readonly string[] | undefined)[] | undefined): readonly string[] | undefined {
  return lists?.every((list) => list !== undefined) ? lists.flat() : undefined;
}

// Amazon Cognito writes an attribute of several values as one text in square brackets, and form-encodes each value, so a
// comma or a bracket in a name cannot be mistaken. An attribute of one value is that value, as it is.
function bracketedNames(text: string): readonly string[] | undefined {
  const trimmed = text.trim();
  const [isOpened, isClosed] = [trimmed.startsWith('['), trimmed.endsWith(']')];
  if (!isOpened && !isClosed) return [trimmed];
  if (!isOpened || !isClosed || trimmed.length === 1) return undefined;
  const inner = trimmed.slice(1, -1).trim();
  return inner === '' ? [] : inner.split(',').map((name) => formDecoded(name.trim()));
}

// What is no valid encoding was not encoded.
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

// The value of the first attribute of an LDAP name (RFC 4514, section 2): `CN=Sales,OU=Groups,DC=acme` is Sales. What
// is escaped is unescaped: `\,`, `\+` and the like as themselves, `\E2\82\AC` as the UTF-8 of a character.
function firstValueOf(name: string): string | undefined {
  const value = firstAttribute.exec(name)?.groups?.['value'];
  // `#` before a value announces its BER encoding in hexadecimal, which is no text.
  return value === undefined || value.startsWith('#') ? undefined : unescape(withoutBlanksAfter(value));
}

// The last blank stays where it is escaped. From the end, since a pattern would look at every row of blanks from each of
// its blanks.
function withoutBlanksAfter(value: string): string {
  let end = value.length;
  while (value[end - 1] === ' ' && value[end - 2] !== '\\') end -= 1;
  return value.slice(0, end);
}

// The value begins with no blank, so that there is one way only to read a name, and no time to be lost over others.
const firstAttribute =
  /^\s*[\w.-]+\s*=\s*(?<value>(?:[^\\,+"<>;\s]|\\[0-9A-Fa-f]{2}|\\[ "#+,;<=>\\])(?:[^\\,+"<>;]|\\[0-9A-Fa-f]{2}|\\[ "#+,;<=>\\])*)(?:[,+].*)?$/su;

function unescape(value: string): string {
  return value
    .replaceAll(/(?:\\[0-9A-Fa-f]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('\\', ''), 'hex').toString('utf8'))
    .replaceAll(/\\(.)/gsu, '$1');
}
