/**
 * Enforced single sign-on as its admins see it: whom it would shut out, the one-time codes for the day on which the
 * identity provider fails, and who got in without it. That it holds is `access/access.ts`'s business.
 */
import { enforcementRoutes } from '../../contract/enforcement.ts';
import type { CookieJar } from '../../http/cookies.ts';
import type { Mount } from '../../http/mount.ts';
import { readRefreshCookie, setRefreshCookie } from '../../sessions/refresh-cookie.ts';
import { signFor, type TokensDeps } from '../../sessions/routes.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { createBreakGlassCodes } from './create-break-glass-codes.ts';
import { readBreakGlassCodes } from './read-break-glass-codes.ts';
import { listEmergencyUses } from './list-emergency-uses.ts';
import { markEmergencyUsesSeen } from './mark-emergency-uses-seen.ts';
import { previewEnforcement } from './preview-enforcement.ts';
import { useBreakGlassCode } from './use-break-glass-code.ts';

interface EnforcementEndpoints {
  readonly sessions: Sessions;
  readonly cookies: CookieJar;
  readonly accessTokenSeconds: number;
}

export function mountEnforcement(
  mount: Mount,
  deps: TokensDeps,
  { sessions, cookies, accessTokenSeconds }: EnforcementEndpoints,
): void {
  mount(enforcementRoutes.readAuthEnforcement, async ({ actor, params, query }) =>
    previewEnforcement(deps, { actor, ...params, query }),
  );
  mount(enforcementRoutes.listEmergencyUses, async ({ actor, params, query }) =>
    listEmergencyUses(deps, { actor, ...params, query }),
  );
  mount(enforcementRoutes.markEmergencyUsesSeen, async ({ actor, params }) => {
    await markEmergencyUsesSeen(deps, { actor, ...params });
    return { message: 'Marked as seen.' };
  });
  mount(enforcementRoutes.createBreakGlassCodes, async ({ actor, params, clientInfo }) =>
    createBreakGlassCodes(deps, { actor, ...params, clientInfo }),
  );
  mount(enforcementRoutes.readBreakGlassCodes, async ({ actor, params }) =>
    readBreakGlassCodes(deps, { actor, ...params }),
  );
  mount(enforcementRoutes.useBreakGlassCode, async ({ body, request, reply, clientInfo }) => {
    const replaces = readRefreshCookie(request, cookies);
    const started = await useBreakGlassCode({ ...deps, sessions }, { ...body, replaces, clientInfo });
    setRefreshCookie(reply, cookies, started);
    const { organizationId, expiresAtMs } = started;
    const token = signFor(deps, started, accessTokenSeconds);
    return { token, organizationId, expiresAt: new Date(expiresAtMs).toISOString() };
  });
}
