import type { ClientInfo } from '../contract/actor.ts';

const namesMax = 20;
const nameLengthMax = 64;

/**
 * The fact about request fields that the server ignored, such as a restriction that it does not know. It lists paths,
 * never
 * values: up to twenty, of up to 64 characters each, and only letters, digits and the punctuation of a path.
 * `ignoredFieldsCount` is the number of fields if there were more.
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
