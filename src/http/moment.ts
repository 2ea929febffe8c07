import { validationError } from './validation.ts';

/** The first and the last millisecond of a time or a date. */
interface Moment {
  readonly firstMs: number;
  readonly lastMs: number;
}

const datePattern = /^\d{4}-\d{2}-\d{2}$/;
// RFC 3339, section 5.6. Without an offset, the time would depend on the machine.
const dateTimePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/i;
const dayMs = 86_400_000;

/** Parses a date (in UTC) or a date and time; `undefined` if it is invalid. */
export function parseMoment(text: string): Moment | undefined {
  const isDate = datePattern.test(text);
  // A `+` of an offset that was not encoded arrives as a space.
  const spelled = text.replace(' ', '+');
  if (!isDate && !dateTimePattern.test(spelled)) return undefined;
  const firstMs = Date.parse(spelled.toUpperCase());
  if (Number.isNaN(firstMs)) return undefined;
  return { firstMs, lastMs: isDate ? firstMs + dayMs - 1 : firstMs };
}

/** The time in a query parameter, if present. @throws `validation_failed` */
export function requireMoment(path: string, text: string | undefined): Moment | undefined {
  if (text === undefined) return undefined;
  const moment = parseMoment(text);
  if (moment !== undefined) return moment;
  const message = 'must be a date, or a date and time with its offset from UTC (ISO 8601)';
  throw validationError([{ path, code: 'format', message }]);
}
