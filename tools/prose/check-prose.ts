import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import {
  TextlintKernel,
  type TextlintMessage,
  type TextlintPluginCreator,
  type TextlintRuleModule,
} from '@textlint/kernel';

import { proseOfCode } from './prose-of-code.ts';

// These are CommonJS modules, whose default export Node and the test runner see differently.
const load = createRequire(import.meta.url);
const prh: { readonly default: TextlintRuleModule } = load('textlint-rule-prh');
const markdown: { readonly default: TextlintPluginCreator } = load('@textlint/textlint-plugin-markdown');
const plainText: { readonly default: TextlintPluginCreator } = load('@textlint/textlint-plugin-text');

const wordList = readFileSync(join(import.meta.dirname, 'word-list.yml'), 'utf8');
const ruleOptions = { ruleContents: [wordList], checkBlockQuote: true, checkEmphasis: true, checkLink: true };
const rules = [{ ruleId: 'words', rule: prh.default, options: ruleOptions }];
const plugins = [
  { pluginId: 'markdown', plugin: markdown.default },
  { pluginId: 'text', plugin: plainText.default },
];
const kernel = new TextlintKernel();

/** A word that the style guide replaces. */
export interface ProseFinding {
  readonly line: number;
  readonly column: number;
  /** The word in the text, and its replacement. */
  readonly message: string;
}

/** Checks the prose of a Markdown, TypeScript or JavaScript file against the word list of the style guide. */
export async function checkProse(file: string, source: string): Promise<readonly ProseFinding[]> {
  const isMarkdown = file.endsWith('.md');
  const ext = isMarkdown ? '.md' : '.txt';
  const text = isMarkdown ? source : proseOfCode(file, source);
  const { messages } = await kernel.lintText(text, { ext, filePath: file, plugins, rules });
  return messages.map(({ loc, message }: TextlintMessage) => ({
    line: loc.start.line,
    column: loc.start.column,
    message,
  }));
}
