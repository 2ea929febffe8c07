import { validationError } from './validation.ts';

/** The first and the last millisecond that a text means: the same of a moment, and the day's ends of a date. */
interface Moment {
  readonly firstMs: number;
  readonly lastMs: number;
}

const datePattern = /^\d{4}-\d{2}-\d{2}$/;
// RFC 3339, section 5.6; without an offset it would mean another moment on each machine.
const dateTimePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/i;
const dayMs = 86_400_000;

/** Reads a date (in UTC) or a date and time; `undefined` when it is neither. */
export function parseMoment(text: string): Moment | undefined {
  const isDate = datePattern.test(text);
  // A `+` of an offset that was not encoded arrives as a space.
  const spelled = text.replace(' ', '+');
  if (!isDate && !dateTimePattern.test(spelled)) return undefined;
  const firstMs = Date.parse(spelled.toUpperCase());
  if (Number.isNaN(firstMs)) return undefined;
  return { firstMs, lastMs: isDate ? firstMs + dayMs - 1 : firstMs };
}

/** The moment that a query's parameter names, if it is there. @throws `validation_failed` */
export function requireMoment(path: string, text: string | undefined): Moment | undefined {
  if (text === undefined) return undefined;
  const moment = parseMoment(text);
  if (moment !== undefined) return moment;
  const message = 'must be a date, or a date and time with its offset from UTC (ISO 8601)';
  throw validationError([{ path, code: 'format', message }]);
}
