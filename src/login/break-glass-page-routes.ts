import type { FastifyInstance } from 'fastify';

import { errorTable, isKnownError } from '../contract/errors.ts';
import { breakGlassPath, selectOrganizationPath } from '../contract/login.ts';
import { useBreakGlassCode } from '../access/enforcement/use-break-glass-code.ts';
import { readClientInfo } from '../http/client-info.ts';
import { requireSameSite } from '../http/same-site.ts';
import { readRefreshCookie, setRefreshCookie } from '../sessions/refresh-cookie.ts';
import { fieldsOf } from './form-fields.ts';
import type { LoginDeps } from './login-deps.ts';
import type { PageAssets } from './pages/assets.ts';
import { breakGlassPage } from './pages/break-glass-page.ts';
import type { LoginEndpoints } from './routes.ts';
import { showerOf } from './show-page.ts';
import { errorText } from '../texts/text-of.ts';

/** Mounts the break-glass page and the endpoint of its form. */
export function mountBreakGlassPage(
  scope: FastifyInstance,
  deps: LoginDeps,
  pages: LoginEndpoints & { readonly assets: PageAssets },
): void {
  const show = showerOf(pages);
  scope.get(breakGlassPath, async (_request, reply) => show(reply, 200, breakGlassPage({})));

  scope.post(breakGlassPath, { config: { rateLimit: pages.limits.auth } }, async (request, reply) => {
    requireSameSite(request, deps.site.webOrigin);
    const { organizationSlug = '', email = '', code = '' } = fieldsOf(request.body);
    const { sessions, system, store } = deps;
    const { database, audit } = store;
    const slug = organizationSlug.trim();
    try {
      const replaces = readRefreshCookie(request, pages.cookies);
      const use = { organizationSlug: slug, email: email.trim(), code, replaces, clientInfo: readClientInfo(request) };
      const started = await useBreakGlassCode({ database, audit, sessions, ...system }, use);
      setRefreshCookie(reply, pages.cookies, started);
      return await reply.redirect(selectOrganizationPath, 303);
    } catch (thrown) {
      if (!isKnownError(thrown)) throw thrown;
      const { status } = errorTable[thrown.code];
      const message = errorText(thrown.code);
      return show(reply, status, breakGlassPage({ problem: message, email, organizationSlug }));
    }
  });
}
