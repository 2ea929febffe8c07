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
    options: { check: { doc: 'Change nothing; fail when something is to be done. The server may be running.' } },
    examples: [
      { does: 'Before new nodes are started', line: 'sallyport migrate' },
      { does: 'See whether it is needed', line: 'sallyport migrate --check' },
    ],
  },
  createDatabase: {
    name: 'database create',
    summary: 'Make an empty database for a root key that exists already',
    about: `${onServer} A first start makes the database by itself. Later the server refuses to start without one, because a volume that is not mounted would look like an empty server, which anyone may set up.`,
    examples: [{ does: 'Start over with the root key that is there', line: 'sallyport database create' }],
  },
  backup: {
    name: 'backup',
    summary: 'Write everything in the database to one file, while the server runs',
    about: `${onServer} The file is one consistent state, has a checksum, and can be restored to either engine. The root key is not in it: keep a copy of that elsewhere, for without it the stored secrets cannot be opened.`,
    parameters: [{ name: 'file', doc: 'The file to make; it must not exist.' }],
    examples: [{ does: 'Every night', line: 'sallyport backup "/backups/sallyport-$(date +%F).ndjson"' }],
  },
  restore: {
    name: 'restore',
    summary: 'Fill an empty database from a backup',
    about: `${onServer} DATABASE_URL names an empty database of either engine, which is how one moves from SQLite to PostgreSQL. The root key has to be the one of the server that was backed up. A file that was cut short or damaged is rejected, and then nothing is restored; the checksum does not prove who wrote the file. Whatever ended after the backup would be valid again. So every session and machine token ends, and break-glass codes, client secrets with a limit of uses, open invitations and permissions to relink are void. Everything else is as it was at the backup: check what you revoked or removed since.`,
    parameters: [{ name: 'file', doc: 'The backup.' }],
    options: {
      'keep-access': {
        doc: 'Keep sessions, tokens, codes and invitations as the backup has them, for a move with a fresh backup.',
      },
    },
    examples: [
      { does: 'After a disk was lost', line: 'sallyport restore /backups/sallyport-2026-11-25.ndjson' },
      {
        does: 'Move to PostgreSQL',
        line: 'DATABASE_URL=postgres://sallyport@db/sallyport SALLYPORT_ROOT_KEY_FILE=data/root.key sallyport restore --keep-access moving.ndjson',
      },
    ],
  },
  verifyAudit: {
    name: 'audit verify',
    summary: 'Prove that nothing in the audit trails was altered or removed',
    about: `${onServer} It reads every entry, changes nothing, and fails with the first bad place of each trail. The server may be running; the root key has to be there, for the end of each trail is sealed.`,
    options: { organization: { value: 'id', doc: 'Only the trail of this organization.' } },
    examples: [
      { does: 'Every trail', line: 'sallyport audit verify' },
      {
        does: 'A backup, restored to a database of its own',
        line: 'DATABASE_URL=sqlite:proof.db SALLYPORT_ROOT_KEY_FILE=data/root.key sallyport audit verify',
      },
    ],
  },
  pruneAudit: {
    name: 'audit prune',
    summary: 'Remove old entries of the audit trails',
    about: `${onServer} What remains can be verified as before, and each trail tells what was removed. On SQLite stop the server first.`,
    options: {
      before: { value: 'day', doc: 'Entries before the beginning of this day in UTC go.' },
      organization: { value: 'id', doc: 'Only the trail of this organization.' },
    },
    examples: [{ does: 'Keep what is of this year', line: 'sallyport audit prune --before 2026-01-01' }],
  },
} as const satisfies Record<string, CommandSpec>;

export type ServerCommandName = keyof typeof serverCommands;
