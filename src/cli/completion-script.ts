import { allCommands, optionsOf } from './command-table.ts';
import type { CommandSpec, Option } from './command.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The script that completes commands, options and values in a shell. */
export function renderCompletion(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return renderBash();
    case 'zsh':
      // zsh runs bash's completion functions.
      return `autoload -U +X bashcompinit && bashcompinit\n${renderBash()}`;
    case 'fish':
      return renderFish();
    default:
      return shell satisfies never;
  }
}

function renderBash(): string {
  const nouns = [...new Set(allCommands.map(({ name }) => name.split(' ')[0] ?? ''))];
  const verbs = nouns.flatMap((noun) => {
    const own = verbsOf(noun);
    return own.length === 0 ? [] : [`      ${noun}) words="${own.join(' ')}" ;;`];
  });
  const options = allCommands.map((spec) => `    "${spec.name}") words="${optionWords(spec)}" ;;`);
  const values = allCommands.flatMap((spec) =>
    choicesOf(spec).map(([name, choices]) => `    "${spec.name} --${name}") words="${choices.join(' ')}" ;;`),
  );
  return `# Completion of sallyport for bash. Made by: sallyport completion bash
_sallyport() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  local noun="\${COMP_WORDS[1]}" command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${nouns.join(' ')}" -- "$current"))
    return
  fi
  if [ "$COMP_CWORD" -eq 2 ]; then
    case "$noun" in
${verbs.join('\n')}
      completion) words="${shells.join(' ')}" ;;
    esac
    if [ -n "$words" ]; then
      COMPREPLY=($(compgen -W "$words" -- "$current"))
      return
    fi
  fi
  case " ${nouns.filter((noun) => verbsOf(noun).length > 0).join(' ')} " in
    *" $noun "*) command="$noun \${COMP_WORDS[2]}" ;;
  esac
  case "$command $previous" in
${values.join('\n')}
    *file) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  if [ -z "$words" ]; then
    case "$command" in
${options.join('\n')}
    esac
    case "$command $current" in
      "backup "[!-]*|"restore "[!-]*) COMPREPLY=($(compgen -f -- "$current")); return ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _sallyport sallyport
`;
}

function renderFish(): string {
  const nouns = [...new Set(allCommands.map(({ name }) => name.split(' ')[0] ?? ''))];
  const first = nouns.map((noun) => {
    const alone = allCommands.find(({ name }) => name === noun);
    const doc = alone?.summary ?? `Commands about: ${noun}`;
    return `complete -c sallyport -f -n __fish_use_subcommand -a ${noun} -d ${quoted(doc)}`;
  });
  const second = allCommands
    .filter(({ name }) => name.includes(' '))
    .map(({ name, summary }) => {
      const [noun = '', verb = ''] = name.split(' ');
      const here = `'__fish_seen_subcommand_from ${noun}; and not __fish_seen_subcommand_from ${verbsOf(noun).join(' ')}'`;
      return `complete -c sallyport -f -n ${here} -a ${verb} -d ${quoted(summary)}`;
    });
  const options = allCommands.flatMap((spec) => {
    const here = quoted(
      spec.name
        .split(' ')
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join('; and '),
    );
    return Object.entries(optionsOf(spec)).map(([name, option]) => {
      const value = option.choices === undefined ? fishValue(option) : ` -x -a ${quoted(option.choices.join(' '))}`;
      return `complete -c sallyport -n ${here} -l ${name}${value} -d ${quoted(option.doc)}`;
    });
  });
  const shellNames = `complete -c sallyport -f -n '__fish_seen_subcommand_from completion' -a '${shells.join(' ')}'`;
  return `# Completion of sallyport for fish. Made by: sallyport completion fish\n${[...first, ...second, shellNames, ...options].join('\n')}\n`;
}

function fishValue({ value }: Option): string {
  if (value === undefined) return '';
  return value === 'file' ? ' -r -F' : ' -x';
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}

function verbsOf(noun: string): readonly string[] {
  return allCommands.flatMap(({ name }) => (name.startsWith(`${noun} `) ? [name.slice(noun.length + 1)] : []));
}

function optionWords(spec: CommandSpec): string {
  return Object.keys(optionsOf(spec))
    .map((name) => `--${name}`)
    .join(' ');
}

function choicesOf(spec: CommandSpec): readonly (readonly [string, readonly string[]])[] {
  return Object.entries(optionsOf(spec)).flatMap(([name, { choices }]) =>
    choices === undefined ? [] : [[name, choices] as const],
  );
}
