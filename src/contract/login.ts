import { Type } from 'typebox';

import { emailLengthMax, slugLengthMax, urlLengthMax } from './limits.ts';
import type { RouteContract } from './route.ts';
import { Text } from './text.ts';

export const callbackPath = '/api/v1/sso/oidc/callback';
export const selectOrganizationPath = '/login/select-organization';
export const switchPath = '/login/switch';
export const breakGlassPath = '/login/break-glass';
export const invitationPath = '/invitation';
export const loginErrorPath = '/login/error';

/** The ports at which a command-line program can wait for the callback: those that need no privilege. */
export const callbackPortMin = 1024;
export const callbackPortMax = 65_535;

const shared = { method: 'GET', tag: 'OIDC SSO', access: 'public', limit: 'signIn' } as const;

/** The sign-in endpoints for browsers. They respond with redirects. */
export const loginRoutes = {
  startSignIn: {
    ...shared,
    url: '/api/v1/sso/oidc/login',
    operationId: 'startSignIn',
    summary: "Start a sign-in: redirect the browser to the organization's identity provider",
    query: Type.Object({
      domain: Type.Optional(Text({ lengthMax: 253 })),
      email: Type.Optional(Text({ lengthMax: emailLengthMax })),
      orgSlug: Type.Optional(Text({ lengthMax: slugLengthMax })),
      callbackPort: Type.Optional(Type.String({ pattern: String.raw`^\d{4,5}$` })),
      returnTo: Type.Optional(
        Text({
          lengthMax: urlLengthMax,
          description:
            'A path of this site, or a URL of an allowed web origin. At most 512 characters after percent-encoding.',
        }),
      ),
    }),
  },
  finishSignIn: {
    ...shared,
    url: callbackPath,
    operationId: 'finishSignIn',
    summary: 'Where the identity provider sends the browser back to (RFC 6749, section 4.1.2)',
  },
  showSignInError: {
    ...shared,
    url: '/api/v1/sso/oidc/login/error',
    operationId: 'showSignInError',
    summary: 'Redirect the browser to the page of a failed sign-in',
  },
} as const satisfies Record<string, RouteContract>;

/** The page of an application's authorization request whose user has to act; the request's id follows. */
export const applicationPagePath = '/login/application';
