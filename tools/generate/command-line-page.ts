import { allCommands, optionsOf } from '../../src/cli/command-table.ts';
import { exitCodes } from '../../src/cli/cli-failure.ts';
import { clientOptions, type CommandSpec } from '../../src/cli/command.ts';
import { optionDoc, optionTerm, usageOf } from '../../src/cli/help-text.ts';
import { clientVariables } from '../../src/contract/command-line.ts';

/** The text of `docs/cli.md`: every command of the table, with its description. */
export function renderCommandLinePage(): string {
  const codes = Object.values(exitCodes).map(({ number, doc }) => `| ${number} | ${doc} |`);
  const variables = clientVariables.map(({ name, doc }) => `| \`${name}\` | ${doc} |`);
  const common = Object.entries(clientOptions).map(([name, option]) => optionLine(name, option));
  return `${[
    introduction,
    `## Exit codes\n\n| code | meaning |\n| --- | --- |\n${codes.join('\n')}`,
    `## Environment\n\n| variable | meaning |\n| --- | --- |\n${variables.join('\n')}`,
    `## Options of every command that calls the API\n\n${common.join('\n')}`,
    ...allCommands.map(renderCommand),
  ].join('\n\n')}\n`;
}

const introduction = `# The command line

<!-- Generated from src/cli by \`npm run generate\`. Do not edit. -->

\`npx sallyport <noun> <verb>\`, in the project's folder. It is an ordinary client of the API, so it does what its login
may do and no more; \`serve\`, \`migrate\` and what else works on the server itself say so.

\`\`\`sh
npx sallyport login --url https://sso.example.com   # opens the browser
npx sallyport sso set --discovery-url https://idp.example.com --client-id "$ID" --client-secret-file secret.txt
npx sallyport audit list --json | jq
\`\`\`

Results go to standard output, everything else to standard error. \`--json\` prints what the API answered. A failure is one
line that says what to do. There are no colours, and control characters in names are shown as \`\\u{…}\`.

Logins are kept in \`\${XDG_CONFIG_HOME:-~/.config}/sallyport/profiles.json\`, mode 0600; a file that others may read is
refused. A profile's login is only ever sent to that profile's server. Secrets are taken from files or from standard
input; one that is typed into the command is taken with a warning.`;

function renderCommand(spec: CommandSpec): string {
  const { parameters = [], about } = spec;
  const own = Object.entries(optionsOf(spec)).filter(([name]) => !(name in clientOptions) && name !== 'help');
  return [
    `## ${spec.name}`,
    `${spec.summary}.`,
    `\`\`\`sh\n${usageOf(spec)}\n\`\`\``,
    ...(about === undefined ? [] : [about]),
    ...(parameters.length + own.length === 0
      ? []
      : [
          [
            ...parameters.map(({ name, doc }) => `- \`<${name}>\`: ${doc}`),
            ...own.map(([name, option]) => optionLine(name, option)),
          ].join('\n'),
        ]),
    `\`\`\`sh\n${spec.examples.map(({ does, line }) => `# ${does}\n${line}`).join('\n')}\n\`\`\``,
  ].join('\n\n');
}

function optionLine(name: string, option: Parameters<typeof optionTerm>[1]): string {
  return `- \`${optionTerm(name, option)}\`: ${optionDoc(option)}`;
}
