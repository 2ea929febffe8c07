import type { CommandSpec } from './command.ts';

const onServer =
  'Runs where the server runs, with the server’s settings (docs/configuration.md), and talks to the database itself.';

/** The commands that need no API: they are the server, or work on its database. What they do is not known here. */
export const serverCommands = {
  serve: {
    name: 'serve',
    summary: 'Run the server',
    about: 'The same as `npm start`. Settings are environment variables: docs/configuration.md.',
    examples: [{ does: 'Run it', line: 'SITE_URL=https://sso.example.com sallyport serve' }],
  },
  migrate: {
    name: 'migrate',
    summary: 'Bring the database to this version of the program',
    about: `${onServer} The server does this at its start too. On SQLite stop the server first.`,
    examples: [{ does: 'Before new nodes are started', line: 'sallyport migrate' }],
  },
} as const satisfies Record<string, CommandSpec>;

export type ServerCommandName = keyof typeof serverCommands;
