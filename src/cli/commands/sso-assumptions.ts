import type { Assumptions } from '../../contract/assumptions.ts';
import type { ClientCommand } from '../command.ts';
import { facts, plain, table } from '../output.ts';

export const assumptions: ClientCommand = {
  name: 'sso assumptions',
  summary: 'Show what the server assumes of the identity provider, and why',
  about:
    "Shows which provider the server recognises, which options follow from that, what else it recommends, and where the provider's admin console has each setting.",
  examples: [{ does: 'Show them', line: 'sallyport sso assumptions' }],
  run: async ({ connect }) => {
    const connection = await connect();
    const organizationId = await connection.organizationId();
    const found = await connection.call<Assumptions>('/api/v1/sso/oidc/config/assumptions', {
      query: { organizationId },
    });
    return { json: found, text: describe(found) };
  },
};

function describe({ profile, issuer, basis, options, heldBack, advice, screens }: Assumptions): string {
  const set = options.filter(({ source }) => source !== 'default');
  return [
    facts([
      ['provider', profile.displayName],
      ['recognised by', profile.recognisedBy ?? 'nothing: only the standards apply'],
      ['issuer', issuer],
      ['issuer form', profile.issuerForm],
      ...(profile.refusedBecause === null ? [] : [['refused', profile.refusedBecause] as const]),
      ...(basis === 'unreachable'
        ? [['note', 'The discovery document could not be read. The result follows from its URL alone.'] as const]
        : []),
    ]),
    table(
      set,
      [
        ['OPTION', ({ option }) => option],
        ['VALUE', ({ value }) => value],
        ['FROM', ({ source }) => source],
        ['WHY', ({ why }) => why ?? ''],
      ],
      'Every option has its default.',
    ),
    ...sections(
      'Held back',
      heldBack.map(({ option, value, because }) => `${option} ${JSON.stringify(value)}: ${because}`),
    ),
    ...sections(
      'Advice',
      advice.map(({ option, value, why }) => `${option}${value === '' ? '' : ` ${value}`}: ${why}`),
    ),
    ...sections(
      'In the provider’s admin console',
      screens.map(({ topic, place }) => `${topic}: ${place}`),
    ),
  ].join('\n\n');
}

function sections(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [[`${heading}:`, ...lines.map((line) => `  ${plain(line)}`)].join('\n')];
}
