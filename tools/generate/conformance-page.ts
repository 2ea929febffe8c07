import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { catalogue } from '../../test/conformance/catalogue/catalogue.ts';
import type { Outside } from '../../test/conformance/catalogue/group.ts';
import { modules } from '../../test/conformance/catalogue/modules.ts';
import { requirements } from '../../test/conformance/catalogue/standards.ts';

/**
 * Renders `docs/security/conformance.md`: of each hostile case, conformance module and requirement, whether it is held.
 *
 * A case is held when the title of a test begins with its id, a module when one begins with its name; the tests run on
 * the build server, so a title that is there is a behaviour that holds. Whatever has neither a test nor a reason not to
 * have one, or has both, is an error, and so is a title that names nothing of the catalogue.
 *
 * @throws Error that lists every such contradiction.
 */
export async function renderConformancePage(root: string): Promise<string> {
  const tests = await findTitles(root);
  const faults = contradictions(tests);
  if (faults.length > 0) throw new Error(`The catalogue and the tests disagree:\n${faults.join('\n')}`);
  return [
    '# What is held against whom',
    '',
    'Generated from the tests by `npm run generate`. *Held*: the named tests prove it on every build.',
    '',
    ...summary(),
    ...catalogue.flatMap(({ letter, title, cases }) => [
      `## ${letter}. ${title}`,
      '',
      ...table(
        ['Case', 'Attack', 'What the server does', 'State'],
        cases.map(({ id, attack, expected, outside }) => [id, attack, expected, stateOf(outside, tests.get(id))]),
      ),
    ]),
    "## The OpenID Foundation's modules for relying parties",
    '',
    'Each is rebuilt as a test of the same name; the suite itself has not been run.',
    '',
    ...table(
      ['Module', 'Plan', 'About', 'State'],
      modules.map(({ name, plan, about, outside }) => [name, plan, about, stateOf(outside, tests.get(name))]),
    ),
    '## Requirements of standards',
    '',
    ...Object.entries(requirements).flatMap(([standard, rows]) => [
      `### ${standard}`,
      '',
      ...table(['Section', 'Asks', 'State', 'Evidence'], rows),
    ]),
  ].join('\n');
}

/** From a case's id or a module's name to the test files whose titles begin with it. */
type Titles = ReadonlyMap<string, readonly string[]>;

// A title is a string that begins with ids: `'H049: an unsigned token'`, `'H049, H050: …'`, `'oidcc-client-test: …'`.
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
      .map(({ id }) => `${id} has no test, and no reason why not`),
    ...entries
      .filter(({ id, outside }) => outside !== undefined && tests.has(id))
      .map(({ id }) => `${id} has a test, and a reason why it has none`),
    ...[...tests.keys()].filter((id) => !known.has(id)).map((id) => `${id} is tested and not in the catalogue`),
    ...unprovedRequirements(),
  ];
}

/** Up to here no number is left out. Later numbers are handed out in ranges, which need not be used up. */
const lastWithoutGaps = 319;

// A number is never given to another case, so a missing one was forgotten.
function missingNumbers(): readonly string[] {
  const listed = new Set<string>(catalogue.flatMap(({ cases }) => cases.map(({ id }) => id)));
  return Array.from({ length: lastWithoutGaps }, (_, index) => `H${String(index + 1).padStart(3, '0')}`).filter(
    (id) => !listed.has(id),
  );
}

// A requirement that is said to be met cannot stand on a case that is not held.
function unprovedRequirements(): readonly string[] {
  const notHeld = new Set(
    catalogue.flatMap(({ cases }) =>
      cases.filter(({ outside }) => outside !== undefined).map(({ id }) => id as string),
    ),
  );
  return Object.entries(requirements).flatMap(([standard, rows]) =>
    rows
      .filter(([, , state]) => state === 'met')
      .flatMap(([section, , , evidence]) =>
        (evidence.match(/H\d{3}/g) ?? [])
          .filter((id) => notHeld.has(id))
          .map((id) => `${standard}, ${section} is said to be met by ${id}, which is not held`),
      ),
  );
}

function summary(): readonly string[] {
  const cases = catalogue.flatMap((group) => group.cases);
  const of = (when: Outside['when'] | undefined) => cases.filter(({ outside }) => outside?.when === when).length;
  const line = `Of ${cases.length} cases ${of(undefined)} are held; ${of('later')} are about what the server does not do yet, ${of('never')} are not its business, and ${of('open')} are open.`;
  return [line, ''];
}

function stateOf(outside: Outside | undefined, files: readonly string[] = []): string {
  if (outside === undefined) return `held: ${files.map((file) => `\`${file}\``).join(', ')}`;
  const words = { never: 'does not apply', later: 'does not apply yet', open: '**open**' } as const;
  return `${words[outside.when]}: ${outside.why}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}
