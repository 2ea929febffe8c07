import { spawnSync } from 'node:child_process';

/** An advisory for one package. */
export interface Hole {
  readonly id: string;
  readonly name: string;
  readonly severity: string;
  readonly title: string;
  /** Whether the server itself depends on the package, and not only its build tools. */
  readonly isShipped: boolean;
}

type Found =
  | { readonly kind: 'told'; readonly holes: readonly Hole[] }
  | { readonly kind: 'untold'; readonly why: string };

/**
 * Requests advisories for every package of a lock file through npm and its configured registry. Many registry mirrors
 * have no advisories, and a build may have no network. Then the result is empty.
 */
export function readHoles(root: string): Found {
  const all = audit(root, []);
  if (all.kind === 'untold') return all;
  const shipped = audit(root, ['--omit=dev']);
  if (shipped.kind === 'untold') return shipped;
  const ids = new Set(shipped.advisories.map(({ id }) => id));
  return { kind: 'told', holes: all.advisories.map((advisory) => ({ ...advisory, isShipped: ids.has(advisory.id) })) };
}

type Audit =
  | { readonly kind: 'told'; readonly advisories: readonly Omit<Hole, 'isShipped'>[] }
  | { readonly kind: 'untold'; readonly why: string };

const untoldLengthMax = 200;

function audit(root: string, more: readonly string[]): Audit {
  const args = ['audit', '--json', '--package-lock-only', '--fetch-retries=0', '--fetch-timeout=20000', ...more];
  const { stdout, error } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 64_000_000 });
  const report = parse(stdout);
  if (!isRecord(report) || !isRecord(report['vulnerabilities'])) {
    const said = isRecord(report) ? report['message'] : undefined;
    const why = typeof said === 'string' ? said : (error?.message ?? 'npm audit said nothing');
    return { kind: 'untold', why: why.replaceAll(/\s+/g, ' ').slice(0, untoldLengthMax) };
  }
  const vulnerable = Object.values(report['vulnerabilities']).filter(isRecord);
  // For a package that is affected through another, npm lists that package as a string.
  const advisories = vulnerable.flatMap(({ via }) => (Array.isArray(via) ? via.filter(isRecord) : []));
  const unique = new Map(
    advisories.map((advisory) => [`${text(advisory['url'])} ${text(advisory['name'])}`, advisory]),
  );
  return {
    kind: 'told',
    advisories: [...unique.values()].map((advisory) => ({
      id: text(advisory['url']).split('/').at(-1) ?? '',
      name: text(advisory['name']),
      severity: text(advisory['severity']),
      title: text(advisory['title']),
    })),
  };
}

function parse(json: string | null): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
