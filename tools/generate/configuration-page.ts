import { settings, type Setting } from '../../src/config/schema.ts';

/** The text of `docs/configuration.md`: every setting of the table, with its description. */
export function renderConfigurationPage(): string {
  const rows: readonly Setting<unknown>[] = Object.values(settings);
  return `${[introduction, ...rows.map(renderSetting)].join('\n\n')}\n`;
}

const introduction = `# Configuration

<!-- Generated from src/config/schema.ts by \`npm run generate\`. Do not edit. -->

Sallyport is configured by environment variables alone. They are read once, when the server starts; a change takes a
restart. Every setting has a default, and on your own computer none has to be set. On a real site set \`SITE_URL\`.

All faults are reported at once, and the server does not start with one. An empty value counts as unset. A name that
begins with \`SALLYPORT_\` and is not on this page is a fault, so that a typing error does not go unnoticed.`;

function renderSetting({ name, default: preset, kind, doc, isSecret }: Setting<unknown>): string {
  const facts = [
    `- Takes: ${kind.takes}`,
    `- Default: ${preset === '' ? 'empty' : `\`${preset}\``}`,
    ...(isSecret === true ? ['- Secret: never printed or logged'] : []),
  ];
  return `## ${name}\n\n${doc}\n\n${facts.join('\n')}`;
}
