import type { CommandSpec } from './command.ts';

const onServer =
  'Runs on the server with the server’s settings (docs/configuration.md), and uses the database directly.';

/**
 * The commands that do not use the API: they start the server or work on its database. Their implementation is
 * elsewhere.
 */
export const serverCommands = {
  serve: {
    name: 'serve',
    summary: 'Run the server',
    about: 'The same as `npm start`. Settings are environment variables: docs/configuration.md.',
    examples: [{ does: 'Run it', line: 'SITE_URL=https://sso.example.com sallyport serve' }],
  },
  migrate: {
    name: 'migrate',
    summary: 'Migrate the database to this version',
    about: `${onServer} The server also does this when it starts. On SQLite, stop the server first.`,
    options: { check: { doc: 'Change nothing; fail if a migration is needed. The server may be running.' } },
    examples: [
      { does: 'Before new nodes are started', line: 'sallyport migrate' },
      { does: 'Check whether a migration is needed', line: 'sallyport migrate --check' },
    ],
  },
  createDatabase: {
    name: 'database create',
    summary: 'Create an empty database for an existing root key',
    about: `${onServer} A first start creates the database automatically. Later, the server does not start without one, because a missing volume would look like an empty server, which anyone may set up.`,
    examples: [{ does: 'Start over with the existing root key', line: 'sallyport database create' }],
  },
  backup: {
    name: 'backup',
    summary: 'Write the whole database to one file while the server runs',
    about: `${onServer} The file is one consistent state with a checksum, and can be restored to either engine. It does not contain the root key. Keep a copy of the key elsewhere, because the stored secrets cannot be decrypted without it.`,
    parameters: [{ name: 'file', doc: 'The file to create. It must not exist.' }],
    examples: [{ does: 'Every night', line: 'sallyport backup "/backups/sallyport-$(date +%F).ndjson"' }],
  },
  restore: {
    name: 'restore',
    summary: 'Fill an empty database from a backup',
    about: `${onServer} DATABASE_URL names an empty database of either engine, which is how one moves from SQLite to PostgreSQL. The root key has to be the one of the server that was backed up. A file that was cut short or damaged is rejected, and then nothing is restored; the checksum does not prove who wrote the file. Whatever ended after the backup would be valid again. So every session and machine token ends, and break-glass codes, client secrets with a limit of uses, open invitations and permissions to relink are void. Everything else is as it was at the backup: check what you revoked or removed since.`,
    parameters: [{ name: 'file', doc: 'The backup.' }],
    options: {
      'keep-access': {
        doc: 'Keep sessions, tokens, codes and invitations as they are in the backup, to move a server with a recent backup.',
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
    summary: 'Verify that no audit entry was altered or deleted',
    about: `${onServer} Reads every entry, changes nothing, and reports the first fault of each trail. The server may be running. The root key is required, because the end of each trail is sealed with it.`,
    options: { organization: { value: 'id', doc: 'Only the trail of this organization.' } },
    examples: [
      { does: 'Every trail', line: 'sallyport audit verify' },
      {
        does: 'A backup, restored to a separate database',
        line: 'DATABASE_URL=sqlite:proof.db SALLYPORT_ROOT_KEY_FILE=data/root.key sallyport audit verify',
      },
    ],
  },
  pruneAudit: {
    name: 'audit prune',
    summary: 'Delete old entries of the audit trails',
    about: `${onServer} The remaining entries can still be verified, and each trail records what was deleted. On SQLite, stop the server first.`,
    options: {
      before: { value: 'day', doc: 'Delete entries before the start of this day in UTC.' },
      organization: { value: 'id', doc: 'Only the trail of this organization.' },
    },
    examples: [{ does: 'Keep the entries of this year', line: 'sallyport audit prune --before 2026-01-01' }],
  },
} as const satisfies Record<string, CommandSpec>;

export type ServerCommandName = keyof typeof serverCommands;
