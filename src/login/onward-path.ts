import { selectOrganizationPath } from '../contract/login.ts';
import type { Onward } from './attempt.ts';

/** Where a finished sign-in continues: the page for a waiting program, the target, or the page of the session. */
export function onwardPath({ returnTo, callbackPort }: Onward): string {
  if (callbackPort !== undefined) return `${selectOrganizationPath}?callback_port=${callbackPort}`;
  return returnTo ?? selectOrganizationPath;
}
