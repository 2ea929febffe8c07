import { CliFailure } from '../cli-failure.ts';
import type { ClientCommand } from '../command.ts';
import { table } from '../output.ts';

const list: ClientCommand = {
  name: 'profile list',
  summary: 'List the profiles of this computer',
  examples: [{ does: 'Show where you are logged in', line: 'sallyport profile list' }],
  run: async ({ profiles }) => {
    const { current, profiles: all } = await profiles.read();
    // The list never contains tokens, because users copy it into reports.
    const rows = Object.entries(all).map(([name, profile]) => ({
      name,
      url: profile.url,
      isCurrent: name === current,
      isLoggedIn: profile.accessToken !== undefined,
      login: profile.name ?? null,
    }));
    const text = table(
      rows,
      [
        ['', ({ isCurrent }) => (isCurrent ? '*' : '')],
        ['PROFILE', ({ name }) => name],
        ['SERVER', ({ url }) => url],
        ['LOGIN', ({ login, isLoggedIn }) => (isLoggedIn ? login : '(logged out)')],
      ],
      'There are no profiles yet. Run: sallyport login --url <url>',
    );
    return { json: rows, text };
  },
};

const use: ClientCommand = {
  name: 'profile use',
  summary: 'Select the current profile',
  parameters: [{ name: 'profile', doc: 'The profile’s name.' }],
  examples: [{ does: 'Switch to staging', line: 'sallyport profile use staging' }],
  run: async ({ input, profiles }) => {
    const name = input.word(0);
    await profiles.update((set) => ({ ...set, current: requireProfile(set.profiles, name) }));
    return { json: { profile: name }, text: `Profile ${name} is now the current one.` };
  },
};

const remove: ClientCommand = {
  name: 'profile delete',
  summary: 'Delete a profile; `logout` also ends its session',
  parameters: [{ name: 'profile', doc: 'The profile’s name.' }],
  examples: [{ does: 'Forget staging', line: 'sallyport profile delete staging' }],
  run: async ({ input, profiles }) => {
    const name = input.word(0);
    await profiles.update((set) => {
      requireProfile(set.profiles, name);
      const rest = Object.fromEntries(Object.entries(set.profiles).filter(([other]) => other !== name));
      return { current: set.current === name ? (Object.keys(rest)[0] ?? 'default') : set.current, profiles: rest };
    });
    return { json: { profile: name }, text: `Profile ${name} is deleted.` };
  },
};

function requireProfile(profiles: object, name: string): string {
  if (Object.hasOwn(profiles, name)) return name;
  throw new CliFailure('failed', 'The profile was not found. See: sallyport profile list');
}

export const profileCommands: readonly ClientCommand[] = [list, use, remove];
