import { CliFailure, usageFailure } from './cli-failure.ts';
import type { CliWorld } from './cli-world.ts';
import type { Profile, Profiles } from './profiles.ts';
import { parseSiteUrl } from './site-url.ts';
import { readTokenClaims } from './token-claims.ts';
import { logMachineIn, refreshTokens } from './user-session.ts';

/** The server and the login that the user selected. */
export interface Choice {
  readonly profile: string | undefined;
  readonly url: string | undefined;
}

/** A server and the credentials for it. */
export interface Credentials {
  readonly site: string;
  readonly kind: 'user' | 'machine' | 'unknown';
  /** The profile’s organization, if the token does not name one. */
  readonly organizationId: string | undefined;
  /** A token that is valid now, as far as the client can tell. */
  accessToken(): Promise<string>;
  /** Another token, after the server rejected the last one; `undefined` without one. */
  renewed(): Promise<string | undefined>;
}

/** A token that expires within this time is replaced before it is used. */
const marginMs = 30_000;

/**
 * Finds the server and the login. The environment takes precedence over the profile. A profile's login is sent only to
 * the profile's server, whatever `--url` says.
 */
export async function findCredentials(world: CliWorld, profiles: Profiles, choice: Choice): Promise<Credentials> {
  const { env } = world;
  const set = await profiles.read();
  const name = profileName(choice.profile, env, set.current);
  const profile = Object.hasOwn(set.profiles, name) ? set.profiles[name] : undefined;
  const isNamed = choice.profile !== undefined || (env['SALLYPORT_PROFILE'] ?? '') !== '';
  if (isNamed && profile === undefined) throw usageFailure(`There is no profile ${name}. See: sallyport profile list`);
  const urlText = choice.url ?? (env['SALLYPORT_URL'] || profile?.url);
  if (urlText === undefined) throw new CliFailure('signIn', 'The server is unknown. Run: sallyport login --url <url>');
  const site = parseSiteUrl(urlText);
  const fromEnvironment = await environmentCredentials(world, site);
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (profile !== undefined && profile.url !== site) {
    throw usageFailure(
      `Profile ${name} is logged in at ${profile.url}, not at ${site}. Name another profile with --profile, or run: sallyport login --url ${site} --profile <name>`,
    );
  }
  if (profile?.accessToken === undefined) {
    throw new CliFailure('signIn', `You are not logged in at ${site}. Run: sallyport login --url ${site}`);
  }
  return profileCredentials(world, profiles, { name, profile });
}

/** The selected profile: from the option, the environment, or the current one. */
export function profileName(option: string | undefined, env: CliWorld['env'], current: string): string {
  return option ?? (env['SALLYPORT_PROFILE'] || current);
}

async function environmentCredentials(world: CliWorld, site: string): Promise<Credentials | undefined> {
  const { SALLYPORT_TOKEN: token, SALLYPORT_CLIENT_ID: clientId, SALLYPORT_CLIENT_SECRET: clientSecret } = world.env;
  const shared = { site, organizationId: undefined, renewed: async () => undefined };
  if (token) return { ...shared, kind: 'unknown', accessToken: async () => token };
  if (!clientId && !clientSecret) return undefined;
  if (!clientId || !clientSecret) {
    throw usageFailure('Set both SALLYPORT_CLIENT_ID and SALLYPORT_CLIENT_SECRET, or neither.');
  }
  let login: Promise<string> | undefined;
  return {
    ...shared,
    kind: 'machine',
    accessToken: () => (login ??= logMachineIn(world, site, { clientId, clientSecret })),
  };
}

function profileCredentials(
  world: CliWorld,
  profiles: Profiles,
  { name, profile }: { name: string; profile: Profile },
): Credentials {
  const refresh = async (seen: string) => refreshProfile(world, profiles, { name, seen });
  let known = profile.accessToken ?? '';
  return {
    site: profile.url,
    kind: profile.kind ?? 'unknown',
    organizationId: profile.organizationId,
    accessToken: async () => {
      const { expiresAtMs = Infinity } = readTokenClaims(known);
      if (expiresAtMs - marginMs < world.clock.nowMs()) known = (await refresh(known)) ?? known;
      return known;
    },
    renewed: async () => {
      const next = await refresh(known);
      known = next ?? known;
      return next;
    },
  };
}

/**
 * Replaces a profile's tokens under the file's lock. If two programs find the same expired token, the second one reads
 * the new tokens of the first. If both sent the same refresh token, the server would end the session.
 */
async function refreshProfile(
  world: CliWorld,
  profiles: Profiles,
  { name, seen }: { name: string; seen: string },
): Promise<string | undefined> {
  const before = (await profiles.read()).profiles[name];
  if (before?.refreshToken === undefined) return undefined;
  const after = await profiles.update(async (set) => {
    const profile = set.profiles[name];
    if (profile?.refreshToken === undefined || profile.accessToken !== seen) return set;
    const tokens = await refreshTokens(world, profile.url, profile.refreshToken);
    return { ...set, profiles: { ...set.profiles, [name]: { ...profile, ...tokens } } };
  });
  return after.profiles[name]?.accessToken;
}
