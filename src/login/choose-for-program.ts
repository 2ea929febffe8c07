import { type Choice, selectOrganization } from '../sessions/select-organization.ts';
import { signFor } from '../sessions/routes.ts';
import type { LoginDeps } from './login-deps.ts';
import type { PageDeps } from './page-routes.ts';

/**
 * Starts a session for the command-line program that waits on this computer, and formats its tokens for the program.
 * The server does not call the program: the browser sends the tokens, or the user pastes them.
 */
export async function chooseForProgram(
  { sessions, store, system }: LoginDeps,
  { accessTokens, accessTokenSeconds }: Pick<PageDeps, 'accessTokens' | 'accessTokenSeconds'>,
  choice: Choice,
): Promise<string> {
  const { database, audit } = store;
  const started = await selectOrganization({ database, audit, sessions, ...system }, choice);
  const token = signFor({ accessTokens, clock: system.clock }, started, accessTokenSeconds);
  const payload = { email: choice.email, privateKey: '', JTWToken: token, RefreshToken: started.refreshToken };
  return Buffer.from(JSON.stringify(payload), 'utf8').toString('base64');
}
