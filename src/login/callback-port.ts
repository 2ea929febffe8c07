import { appError } from '../contract/errors.ts';
import { callbackPortMax, callbackPortMin } from '../contract/login.ts';

/** Whether a string is a port number in plain digits. */
export function isCallbackPort(text: string): boolean {
  const port = /^\d{4,5}$/.test(text) ? Number(text) : 0;
  return port >= callbackPortMin && port <= callbackPortMax;
}

/** Parses a port of the loopback interface. @throws `validation_failed` */
export function readCallbackPort(text: string): number {
  if (isCallbackPort(text)) return Number(text);
  const message = `must be a number from ${callbackPortMin} to ${callbackPortMax}`;
  throw appError('validation_failed', { meta: { issues: [{ path: 'callbackPort', code: 'port', message }] } });
}
