import { failureOf, isRecord, isSuccess, sendRequest } from '../api-client.ts';
import { logInWithBrowser } from '../browser-login.ts';
import { CliFailure, usageFailure } from '../cli-failure.ts';
import type { ClientCommand, CommandContext, Outcome } from '../command.ts';
import { createConnection } from '../connect.ts';
import { type Credentials, profileName } from '../credentials.ts';
import { facts, plain } from '../output.ts';
import type { Profile } from '../profiles.ts';
import { readSecret } from '../read-secret.ts';
import { parseSiteUrl } from '../site-url.ts';
import { readTokenClaims } from '../token-claims.ts';
import { logMachineIn } from '../user-session.ts';

const login: ClientCommand = {
  name: 'login',
  summary: 'Log in, with a browser or as a machine identity',
  about:
    'A user logs in with the browser. A machine identity gives `--client-id` and its secret; the access token is stored, the secret is not. `--token-file` stores a token from elsewhere.',
  options: {
    'client-id': { value: 'id', doc: 'Log in as the machine identity with this client id.' },
    'client-secret': { value: 'secret', doc: 'Its secret. `-` reads standard input.', isSecret: true },
    'client-secret-file': { value: 'file', doc: 'The file with its secret. `-` is standard input.' },
    'token-file': { value: 'file', doc: 'The file with an access token. `-` is standard input.' },
    'no-browser': { doc: 'Only print the link.' },
    paste: { doc: 'Read the token that the page shows from standard input.' },
  },
  examples: [
    { does: 'Log in with the browser', line: 'sallyport login --url https://sso.example.com' },
    {
      does: 'Log a machine identity in',
      line: 'sallyport login --url https://sso.example.com --client-id "$ID" --client-secret-file secret.txt',
    },
    {
      does: 'Keep a second login in addition to the first',
      line: 'sallyport login --url https://sso.example.org --profile staging',
    },
  ],
  run: async (context) => {
    const { input, world, profiles } = context;
    const set = await profiles.read();
    const name = profileName(input.text('profile'), world.env, set.current);
    const url = input.text('url') ?? (world.env['SALLYPORT_URL'] || set.profiles[name]?.url);
    if (url === undefined) throw usageFailure('Give the server’s URL. Run: sallyport login --url <url>');
    const site = parseSiteUrl(url);
    const profile = { ...(await logIn(context, site)), url: site };
    const shown = await checkLogin(context, profile);
    await profiles.update((now) => ({
      current: name,
      profiles: { ...now.profiles, [name]: { ...profile, name: shown } },
    }));
    return {
      json: { profile: name, url: site, kind: profile.kind, name: shown },
      text: `Logged in at ${site} as ${plain(shown)} (profile ${name}).`,
    };
  },
};

async function logIn(context: CommandContext, site: string): Promise<Omit<Profile, 'url'>> {
  const { input, world } = context;
  const clientId = input.text('client-id');
  if (clientId !== undefined) {
    const clientSecret = await readSecret(context, 'client-secret');
    if (clientSecret === undefined) throw usageFailure('--client-id needs --client-secret-file.');
    return { kind: 'machine', accessToken: await logMachineIn(world, site, { clientId, clientSecret }) };
  }
  const token = await readSecret(context, 'token');
  if (token !== undefined) return { accessToken: token };
  const { accessToken, refreshToken } = await logInWithBrowser(context, site);
  return { kind: 'user', accessToken, refreshToken };
}

// The name comes from the server, not from the sender of the token.
async function checkLogin({ world }: CommandContext, profile: Profile): Promise<string> {
  const { accessToken = '', url: site, kind = 'unknown' } = profile;
  const credentials: Credentials = {
    site,
    kind,
    organizationId: undefined,
    accessToken: async () => accessToken,
    renewed: async () => undefined,
  };
  const connection = createConnection(world, credentials, undefined);
  if (kind !== 'machine') {
    const me = await connection.ask('/api/v2/users/me');
    if (me.status === 200 && isRecord(me.body) && isRecord(me.body['user'])) return String(me.body['user']['email']);
    if (kind === 'user') {
      throw new CliFailure('signIn', 'The server does not know the session that the browser sent.');
    }
  }
  const { identityDetails } = await connection.call<{ identityDetails: { organization: { name: string } } }>(
    '/api/v1/identities/details',
  );
  return `machine identity of ${identityDetails.organization.name}`;
}

const logout: ClientCommand = {
  name: 'logout',
  summary: 'End the session and delete the login',
  examples: [{ does: 'Log out', line: 'sallyport logout' }],
  run: async ({ input, world, profiles, say }) => {
    const set = await profiles.read();
    const name = profileName(input.text('profile'), world.env, set.current);
    const profile = set.profiles[name];
    if (profile?.accessToken === undefined) throw new CliFailure('signIn', `Profile ${name} is not logged in.`);
    // The login is deleted even if the server cannot be reached.
    await endAtServer(world, profile).catch((thrown: unknown) => {
      if (!(thrown instanceof CliFailure)) throw thrown;
      say(`The server did not end the session: ${thrown.message}`);
    });
    await profiles.update((now) => ({ ...now, profiles: { ...now.profiles, [name]: { url: profile.url } } }));
    return { json: { profile: name }, text: `Logged out of ${profile.url} (profile ${name}).` };
  },
};

async function endAtServer(world: CommandContext['world'], profile: Profile): Promise<void> {
  const { accessToken = '', refreshToken, url: site, kind } = profile;
  const answer =
    kind === 'machine' || refreshToken === undefined
      ? await sendRequest(world, { site, path: '/api/v1/auth/token/revoke' }, { method: 'POST', body: { accessToken } })
      : await sendRequest(
          world,
          { site, path: '/api/v1/auth/logout' },
          { method: 'POST', headers: { cookie: `jid=${refreshToken}` } },
        );
  if (!isSuccess(answer)) throw failureOf(answer);
}

const whoami: ClientCommand = {
  name: 'whoami',
  summary: 'Show the current login and server',
  examples: [{ does: 'Show your account as the server sees it', line: 'sallyport whoami' }],
  run: async ({ connect }) => {
    const connection = await connect();
    const me = await connection.ask('/api/v2/users/me');
    if (me.status === 200 && isRecord(me.body) && isRecord(me.body['user'])) {
      return describe(me.body, [
        ['server', connection.site],
        ['user', me.body['user']['email']],
        ['id', me.body['user']['id']],
      ]);
    }
    const body = await connection.call<{ identityDetails: { organization: { id: string; name: string } } }>(
      '/api/v1/identities/details',
    );
    const { organization } = body.identityDetails;
    return describe(body, [
      ['server', connection.site],
      ['machine identity of', organization.name],
      ['organization id', organization.id],
    ]);
  },
};

function describe(json: unknown, pairs: readonly (readonly [string, unknown])[]): Outcome {
  return { json, text: facts(pairs) };
}

const token: ClientCommand = {
  name: 'token',
  summary: 'Print a valid access token',
  about:
    'For other programs: `curl --header "Authorization: Bearer $(sallyport token)"`. A user’s token is refreshed first if it is about to expire.',
  examples: [{ does: 'Use the login in a script', line: 'TOKEN=$(sallyport token)' }],
  run: async ({ connect }) => {
    const connection = await connect();
    const accessToken = await connection.accessToken();
    const { expiresAtMs } = readTokenClaims(accessToken);
    const expiresAt = expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString();
    return { json: { accessToken, expiresAt }, text: accessToken };
  },
};

export const loginCommands: readonly ClientCommand[] = [login, logout, whoami, token];
