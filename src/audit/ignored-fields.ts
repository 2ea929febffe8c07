import type { ClientInfo } from '../contract/actor.ts';

const namesMax = 20;
const nameLengthMax = 64;

/**
 * The fact that an entry holds about fields which the server ignored, such as a restriction that it does not know. It has
 * their paths only, never a value: up to twenty, with 64 characters each, without anything but letters, digits and the
 * signs of a path. `ignoredFieldsCount` says how many there were when there were more.
 */
export function ignoredFieldsFact({ ignoredFields = [] }: ClientInfo): {
  ignoredFields?: readonly string[];
  ignoredFieldsCount?: number;
} {
  if (ignoredFields.length === 0) return {};
  return {
    ignoredFields: ignoredFields.slice(0, namesMax).map(harmless),
    ...(ignoredFields.length > namesMax ? { ignoredFieldsCount: ignoredFields.length } : {}),
  };
}

function harmless(name: string): string {
  return name.slice(0, nameLengthMax).replaceAll(/[^\p{L}\p{N}_.$-]/gu, '?');
}
