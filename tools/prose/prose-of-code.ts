import { parseSync, Visitor } from 'oxc-parser';

/**
 * Blanks everything in a TypeScript or JavaScript file that is not prose and keeps lines and columns. Prose is comments
 * and string literals with a space. Other string literals are names.
 *
 * @throws Error if the file cannot be parsed
 */
export function proseOfCode(file: string, source: string): string {
  const { program, comments, errors } = parseSync(file, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  const spans: Span[] = comments.map(({ start, end }) => ({ start: start + 2, end }));
  const addText = ({ start, end }: Span) => {
    if (/\S\s+\S/.test(source.slice(start, end))) spans.push({ start, end });
  };
  new Visitor({
    Literal: (node) => {
      if (typeof node.value === 'string') addText({ start: node.start + 1, end: node.end - 1 });
    },
    TemplateElement: addText,
  }).visit(program);
  return keep(source, spans);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function keep(source: string, spans: readonly Span[]): string {
  const prose = source.replaceAll(/[^\n]/g, ' ').split('');
  for (const { start, end } of spans) {
    for (let index = start; index < end; index += 1) prose[index] = source[index] ?? ' ';
  }
  return prose.join('');
}
