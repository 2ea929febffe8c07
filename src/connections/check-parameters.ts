import { isReservedParameter } from '../contract/authorization-parameters.ts';
import type { ConnectionOptions } from '../contract/connection-options.ts';
import { authorizationParameterNameLengthMax, authorizationParametersLengthMax } from '../contract/limits.ts';
import { isCleanText } from '../contract/text.ts';
import type { FieldIssue } from './rules.ts';

/** The faults of fixed authorization request parameters, one issue for each parameter. */
export function findParameterFaults(parameters: ConnectionOptions['authorizationParameters']): FieldIssue[] {
  const faults = Object.entries(parameters).flatMap(([name, value]) => {
    const fault = parameterFault(name, value);
    return fault === undefined ? [] : [{ path: `authorizationParameters.${name.slice(0, 80)}`, ...fault }];
  });
  const length = new URLSearchParams(parameters).toString().length;
  if (faults.length > 0 || length <= authorizationParametersLengthMax) return faults;
  const message = `must have at most ${authorizationParametersLengthMax} characters in all, as a URL spells them`;
  return [{ path: 'authorizationParameters', code: 'maxLength', message }];
}

type Fault = Pick<FieldIssue, 'code' | 'message'>;

function parameterFault(name: string, value: string): Fault | undefined {
  if (!namePattern.test(name) || name.length > authorizationParameterNameLengthMax) {
    const message = `must have a name of 1 to ${authorizationParameterNameLengthMax} letters, digits and the characters _ . : -, beginning with a letter`;
    return { code: 'name', message };
  }
  if (isReservedParameter(name)) return { code: 'reserved', message: adviceFor(name.toLowerCase()) };
  if (!isCleanText(value)) {
    return { code: 'forbidden_character', message: 'must not hold control characters or broken Unicode' };
  }
  return undefined;
}

const namePattern = /^[A-Za-z][A-Za-z0-9_.:-]*$/;

/** The option that replaces a reserved parameter. */
const options: ReadonlyMap<string, string> = new Map([
  ['scope', 'scopes'],
  ['prompt', 'prompt'],
  ['max_age', 'maxAgeSeconds'],
  ['acr_values', 'acrValues'],
  ['client_id', 'clientId'],
]);

function adviceFor(name: string): string {
  const option = options.get(name);
  return option === undefined
    ? 'is reserved: this server sets it, or it would change how the response arrives'
    : `is reserved; set ${option} instead`;
}
