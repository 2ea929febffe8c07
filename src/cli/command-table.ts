import { type ClientCommand, clientOptions, type CommandSpec, commonOptions, type Option } from './command.ts';
import { applicationCommands } from './commands/applications.ts';
import { auditCommands } from './commands/audit.ts';
import { auditExportCommands } from './commands/audit-export.ts';
import { auditWebhookCommands } from './commands/audit-webhook.ts';
import { domainCommands } from './commands/domains.ts';
import { groupCommands } from './commands/groups.ts';
import { identityCommands } from './commands/identities.ts';
import { invitationCommands } from './commands/invitations.ts';
import { keyCommands } from './commands/keys.ts';
import { loginCommands } from './commands/login.ts';
import { memberCommands } from './commands/members.ts';
import { organizationCommands } from './commands/organizations.ts';
import { profileCommands } from './commands/profiles.ts';
import { relinkCommands } from './commands/relinks.ts';
import { ssoAttemptCommands } from './commands/sso-attempts.ts';
import { ssoCommands } from './commands/sso.ts';
import { serverCommands } from './server-commands.ts';

/** Every command that calls a server's API. */
export const clientCommands: readonly ClientCommand[] = [
  ...loginCommands,
  ...profileCommands,
  ...organizationCommands,
  ...ssoCommands,
  ...ssoAttemptCommands,
  ...groupCommands,
  ...memberCommands,
  ...relinkCommands,
  ...invitationCommands,
  ...applicationCommands,
  ...identityCommands,
  ...domainCommands,
  ...auditCommands,
  ...auditExportCommands,
  ...auditWebhookCommands,
  ...keyCommands,
];

/** Commands about the program itself. */
export const ownCommands = {
  completion: {
    name: 'completion',
    summary: "Print a shell's completion script",
    parameters: [{ name: 'shell', doc: '`bash`, `zsh` or `fish`.' }],
    examples: [
      { does: 'In ~/.bashrc', line: 'source <(sallyport completion bash)' },
      { does: 'In ~/.zshrc, after compinit', line: 'source <(sallyport completion zsh)' },
      { does: 'For fish', line: 'sallyport completion fish > ~/.config/fish/completions/sallyport.fish' },
    ],
  },
  help: {
    name: 'help',
    summary: 'Show help',
    parameters: [
      { name: 'noun', doc: 'A command, or the noun of several.', isOptional: true },
      { name: 'verb', doc: 'The rest of the command.', isOptional: true },
    ],
    examples: [{ does: 'Show one command', line: 'sallyport help sso set' }],
  },
  version: {
    name: 'version',
    summary: 'Print the version',
    examples: [{ does: 'Print it', line: 'sallyport version' }],
  },
} as const satisfies Record<string, CommandSpec>;

/** Every command, in the order of the help. */
export const allCommands: readonly CommandSpec[] = [
  ...clientCommands,
  ...Object.values(serverCommands),
  ...Object.values(ownCommands),
];

/** The options of a command: its own and those of its kind. */
export function optionsOf(spec: CommandSpec): Readonly<Record<string, Option>> {
  const isClient = clientCommands.some(({ name }) => name === spec.name);
  return { ...spec.options, ...(isClient ? clientOptions : {}), ...commonOptions };
}

/** Finds the command that the words begin with, and how many words are its name. */
export function findCommand(words: readonly string[]): { spec: CommandSpec; length: number } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    const spec = allCommands.find((command) => command.name === name);
    if (spec !== undefined && words.length >= length) return { spec, length };
  }
  return undefined;
}
