import { Ajv, type ErrorObject, type FuncKeywordDefinition, type ValidateFunction } from 'ajv';
import type { TSchema } from 'typebox';

import type { Issue } from '../contract/error-meta.ts';
import { appError, type KnownError } from '../contract/errors.ts';
import { requiredUnlessKeyword, type RequiredUnless } from '../contract/required-unless.ts';
import { cleanTextKeyword, isCleanText } from '../contract/text.ts';
import { createUnknownFieldSearch } from './unknown-fields.ts';

/** The maximum number of issues in a response. */
const issuesMax = 50;
const issuePathLengthMax = 256;
const issueMessageLengthMax = 1024;

/** The error for an invalid request. `message` names the first field, `details` lists up to fifty. */
export function validationError(issues: readonly Issue[]): KnownError {
  return appError('validation_failed', { meta: { issues: boundIssues(issues) } });
}

/** Limits issues to `issuesMax` and to the lengths of their texts. */
export function boundIssues(issues: readonly Issue[]): readonly Issue[] {
  return issues.slice(0, issuesMax).map(({ path, code, message }) => ({
    path: shorten(path, issuePathLengthMax),
    code,
    message: shorten(message, issueMessageLengthMax),
  }));
}

// A claim name from the caller is part of a path, and the caller's text may be part of a message.
function shorten(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1).toWellFormed()}…`;
}

/**
 * Checks a value against a schema, fills in defaults and trims strings. A field that the schema does not declare is an
 * issue if it resembles a declared one. Other unknown fields are dropped, and their paths are added to `ignored`.
 */
export type Validate = (value: unknown, ignored?: string[]) => readonly Issue[];

/**
 * Creates the checks for the two parts of a request. A body's types must match (`"true"` is not a boolean); a query's
 * values are parsed from text.
 *
 * A schema is compiled for its first value, because compiling the whole contract needs 3 MiB and delays the start.
 */
export function createValidators(): { forBody(schema: TSchema): Validate; forQuery(schema: TSchema): Validate } {
  const bodies = createAjv({ coerceTypes: false });
  const queries = createAjv({ coerceTypes: true });
  return {
    forBody: (schema) => toValidate(schema, bodies),
    forQuery: (schema) => toValidate(schema, queries),
  };
}

function createAjv({ coerceTypes }: { coerceTypes: boolean }): Ajv {
  const ajv = new Ajv({ allErrors: true, removeAdditional: 'all', useDefaults: true, coerceTypes, strict: false });
  ajv.addKeyword(cleanText);
  ajv.addKeyword(requiredUnless);
  return ajv;
}

const cleanText: FuncKeywordDefinition = {
  keyword: cleanTextKeyword,
  type: 'string',
  before: 'maxLength',
  modifying: true,
  errors: false,
  // oxlint-disable-next-line max-params -- Ajv calls keywords so
  validate: (
    _schema: unknown,
    text: string,
    _parent: unknown,
    place?: { parentData: object; parentDataProperty: PropertyKey },
  ) => {
    const trimmed = text.trim();
    if (place !== undefined) Reflect.set(place.parentData, place.parentDataProperty, trimmed);
    return isCleanText(trimmed);
  },
};

type Compiled = ReturnType<NonNullable<FuncKeywordDefinition['compile']>>;

const requiredUnless: FuncKeywordDefinition = {
  keyword: requiredUnlessKeyword,
  type: 'object',
  errors: true,
  compile: ({ property, unless }: RequiredUnless) => {
    const check: Compiled = (object: Record<string, unknown>) => {
      if (Object.hasOwn(object, property)) return true;
      if (Object.entries(unless).every(([name, values]) => values.includes(object[name]))) return true;
      check.errors = [{ keyword: 'required', params: { missingProperty: property } }];
      return false;
    };
    return check;
  },
};

function toValidate(schema: TSchema, ajv: Ajv): Validate {
  let check: ValidateFunction | undefined;
  const findUnknown = createUnknownFieldSearch(schema);
  return (value, ignored) => {
    check ??= ajv.compile(schema);
    // Before the check, which drops unknown fields.
    const unknown = findUnknown(value);
    ignored?.push(...unknown.ignored);
    return [...unknown.misspelled, ...(check(value) ? [] : (check.errors ?? []).map(toIssue))];
  };
}

function toIssue(error: ErrorObject): Issue {
  const parent = error.instancePath.split('/').slice(1).map(unescapePointer);
  const { missingProperty } = error.params as { missingProperty?: string };
  const path = (missingProperty === undefined ? parent : [...parent, missingProperty]).join('.');
  return { path, code: codeOf(error.keyword), message: messageOf(error) };
}

function codeOf(keyword: string): string {
  return keyword === cleanTextKeyword ? 'forbidden_character' : keyword;
}

function messageOf({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return 'is required';
    case cleanTextKeyword:
      return 'must not hold control characters or broken Unicode';
    case 'minLength':
      return params.limit === 1 ? 'must not be empty' : `must have at least ${params.limit} characters`;
    case 'maxLength':
      return `must have at most ${params.limit} characters`;
    case 'type': {
      const types: readonly string[] = Array.isArray(params.type) ? params.type : [params.type];
      return `must be ${types.join(' or ')}`;
    }
    case 'enum': {
      const allowedValues: readonly unknown[] = params.allowedValues;
      return `must be one of ${allowedValues.join(', ')}`;
    }
    default:
      return message ?? 'is not valid';
  }
}

// JSON Pointer, RFC 6901, section 4.
function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
