import { Type, type TString } from 'typebox';

/**
 * The schema keyword that trims a string and then refuses control characters and lone surrogates, which no engine
 * stores alike. As an `x-` keyword it may be in the published OpenAPI document.
 */
export const cleanTextKeyword = 'x-clean-text';

interface TextOptions {
  readonly lengthMin?: number;
  readonly lengthMax: number;
  readonly default?: string;
  readonly description?: string;
  readonly examples?: readonly string[];
}

/** A string that a user or a program entered: trimmed, of bounded length, without control characters. */
export function Text({ lengthMin = 0, lengthMax, ...rest }: TextOptions): TString {
  return Type.String({ [cleanTextKeyword]: true, minLength: lengthMin, maxLength: lengthMax, ...rest });
}

// C0 and C1 controls, DEL, line and paragraph separators, lone surrogates.
const forbiddenCharacter = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/u;

/** Whether a text, once trimmed, holds only characters that may be stored, logged and shown. */
export function isCleanText(text: string): boolean {
  return !forbiddenCharacter.test(text);
}
