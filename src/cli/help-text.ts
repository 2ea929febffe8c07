import { allCommands, optionsOf } from './command-table.ts';
import type { CommandSpec, Option } from './command.ts';

/** The output of `sallyport help`: every command, or those of one noun. */
export function renderOverview(noun = ''): string {
  const commands = allCommands.filter(({ name }) => noun === '' || name.startsWith(`${noun} `));
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    noun === '' ? 'Sallyport: single sign-on for each organization of your application.\n' : '',
    'Usage: sallyport <command> [options]\n',
    ...lines,
    '',
    'Help about a command: sallyport <command> --help',
  ]
    .join('\n')
    .trimStart();
}

/** The output of `sallyport <command> --help`. */
export function renderHelp(spec: CommandSpec): string {
  const { parameters = [] } = spec;
  const sections = [
    `${spec.summary}.`,
    `Usage: ${usageOf(spec)}`,
    ...(spec.about === undefined ? [] : [spec.about]),
    ...(parameters.length === 0
      ? []
      : [`Arguments:\n${aligned(parameters.map(({ name, doc }) => [`<${name}>`, doc] as const))}`]),
    `Options:\n${aligned(Object.entries(optionsOf(spec)).map(([name, option]) => [optionTerm(name, option), optionDoc(option)] as const))}`,
    `Examples:\n${spec.examples.map(({ does, line }) => `  # ${does}\n  ${line}`).join('\n')}`,
  ];
  return sections.join('\n\n');
}

/** A command as it is typed. */
export function usageOf({ name, parameters = [] }: CommandSpec): string {
  const words = parameters.map((word) => (word.isOptional === true ? `[<${word.name}>]` : `<${word.name}>`));
  return ['sallyport', name, ...words, '[options]'].join(' ');
}

/** An option as it is typed. */
export function optionTerm(name: string, { value, short }: Option): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` <${value}>`}`;
}

/** An option's description, with its allowed values. */
export function optionDoc({ doc, choices = [] }: Option): string {
  return choices.length === 0 ? doc : `${doc} One of ${choices.join(', ')}.`;
}

function aligned(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([term]) => term.length));
  return rows.map(([term, doc]) => `  ${term.padEnd(width)}  ${doc}`).join('\n');
}
