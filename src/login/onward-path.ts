import { selectOrganizationPath } from '../contract/login.ts';
import type { Onward } from './attempt.ts';

/** Where a finished sign-in leads: to the waiting program's page, to the target, or to the page of the session. */
export function onwardPath({ returnTo, callbackPort }: Onward): string {
  if (callbackPort !== undefined) return `${selectOrganizationPath}?callback_port=${callbackPort}`;
  return returnTo ?? selectOrganizationPath;
}
