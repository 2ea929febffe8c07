import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { catalogue } from '../../test/conformance/catalogue/catalogue.ts';
import type { Outside } from '../../test/conformance/catalogue/group.ts';
import { modules } from '../../test/conformance/catalogue/modules.ts';
import { requirements } from '../../test/conformance/catalogue/standards.ts';

/**
 * Renders `docs/security/conformance.md`: the coverage of each hostile case, conformance module and
 * requirement.
 *
 * A case is covered if a test title begins with its ID, a module if a test title begins with its name. The build runs
 * all tests, so a covered case is proved. An entry needs either a test or a reason for having none, not both. A test
 * title with an unknown ID is an error.
 *
 * @throws Error that lists all contradictions.
 */
export async function renderConformancePage(root: string): Promise<string> {
  const tests = await findTitles(root);
  const faults = contradictions(tests);
  if (faults.length > 0) throw new Error(`The catalogue and the tests disagree:\n${faults.join('\n')}`);
  return [
    '# Conformance and attack coverage',
    '',
    'Generated from the tests by `npm run generate`. *Covered*: the named tests prove it on every build.',
    '',
    ...summary(),
    ...catalogue.flatMap(({ letter, title, cases }) => [
      `## ${letter}. ${title}`,
      '',
      ...table(
        ['Case', 'Attack', 'Expected behavior', 'Status'],
        cases.map(({ id, attack, expected, outside }) => [id, attack, expected, stateOf(outside, tests.get(id))]),
      ),
    ]),
    "## The OpenID Foundation's modules for relying parties",
    '',
    'Each module is reimplemented as a test of the same name. The suite itself has not been run.',
    '',
    ...table(
      ['Module', 'Plan', 'Description', 'Status'],
      modules.map(({ name, plan, about, outside }) => [name, plan, about, stateOf(outside, tests.get(name))]),
    ),
    '## Requirements from standards',
    '',
    ...Object.entries(requirements).flatMap(([standard, rows]) => [
      `### ${standard}`,
      '',
      ...table(['Section', 'Requirement', 'Status', 'Evidence'], rows),
    ]),
  ].join('\n');
}

/** Maps a case ID or module name to the test files with a title that begins with it. */
type Titles = ReadonlyMap<string, readonly string[]>;

// A title is a string that begins with IDs: `'H049: an unsigned token'`, `'H049, H050: …'`, `'oidcc-client-test: …'`.
const titlePattern = /['"`]((?:H\d{3}|(?:oidcc|fapi2)-[a-z0-9-]+)(?:, (?:H\d{3}|(?:oidcc|fapi2)-[a-z0-9-]+))*): /g;

async function findTitles(root: string): Promise<Titles> {
  const found = new Map<string, string[]>();
  for (const path of await testFiles(root)) {
    const text = await readFile(join(root, path), 'utf8');
    for (const [, ids = ''] of text.matchAll(titlePattern)) {
      for (const id of ids.split(', ')) {
        const files = found.get(id) ?? [];
        if (!files.includes(path)) files.push(path);
        found.set(id, files);
      }
    }
  }
  return found;
}

async function testFiles(root: string): Promise<readonly string[]> {
  const lists = await Promise.all(
    ['src', 'test', 'tools'].map(async (folder) =>
      (await readdir(join(root, folder), { recursive: true })).map((path) => `${folder}/${path}`),
    ),
  );
  return lists
    .flat()
    .filter((path) => path.endsWith('.test.ts'))
    .toSorted();
}

function contradictions(tests: Titles): readonly string[] {
  const entries = [
    ...catalogue.flatMap(({ cases }) => cases.map(({ id, outside }) => ({ id: id as string, outside }))),
    ...modules.map(({ name, outside }) => ({ id: name, outside })),
  ];
  const known = new Set(entries.map(({ id }) => id));
  const twice = entries.map(({ id }) => id).filter((id, index, all) => all.indexOf(id) !== index);
  return [
    ...twice.map((id) => `${id} is listed twice`),
    ...missingNumbers().map((id) => `${id} is not listed`),
    ...entries
      .filter(({ id, outside }) => outside === undefined && !tests.has(id))
      .map(({ id }) => `${id} has neither a test nor a reason for having none`),
    ...entries
      .filter(({ id, outside }) => outside !== undefined && tests.has(id))
      .map(({ id }) => `${id} has both a test and a reason for having none`),
    ...[...tests.keys()].filter((id) => !known.has(id)).map((id) => `${id} has a test but is not in the catalogue`),
    ...unprovedRequirements(),
  ];
}

/** The catalogue has every number up to this one. Later numbers are assigned in ranges that may have gaps. */
const lastWithoutGaps = 319;

// Numbers are never reused, so a missing number was forgotten.
function missingNumbers(): readonly string[] {
  const listed = new Set<string>(catalogue.flatMap(({ cases }) => cases.map(({ id }) => id)));
  return Array.from({ length: lastWithoutGaps }, (_, index) => `H${String(index + 1).padStart(3, '0')}`).filter(
    (id) => !listed.has(id),
  );
}

// The evidence for a met requirement must be a covered case.
function unprovedRequirements(): readonly string[] {
  const uncovered = new Set(
    catalogue.flatMap(({ cases }) =>
      cases.filter(({ outside }) => outside !== undefined).map(({ id }) => id as string),
    ),
  );
  return Object.entries(requirements).flatMap(([standard, rows]) =>
    rows
      .filter(([, , state]) => state === 'met')
      .flatMap(([section, , , evidence]) =>
        (evidence.match(/H\d{3}/g) ?? [])
          .filter((id) => uncovered.has(id))
          .map((id) => `${standard}, ${section} cites ${id} as evidence, which is not covered`),
      ),
  );
}

function summary(): readonly string[] {
  const cases = catalogue.flatMap((group) => group.cases);
  const of = (when: Outside['when'] | undefined) => cases.filter(({ outside }) => outside?.when === when).length;
  const line = `Of ${cases.length} cases ${of(undefined)} are covered, ${of('later')} depend on planned features, ${of('never')} are out of scope, and ${of('open')} are open.`;
  return [line, ''];
}

function stateOf(outside: Outside | undefined, files: readonly string[] = []): string {
  if (outside === undefined) return `covered: ${files.map((file) => `\`${file}\``).join(', ')}`;
  const words = { never: 'does not apply', later: 'does not apply yet', open: '**open**' } as const;
  return `${words[outside.when]}: ${outside.why}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}
