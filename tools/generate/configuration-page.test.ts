import { expect, it } from 'vitest';

import { settings } from '../../src/config/schema.ts';
import { renderConfigurationPage } from './configuration-page.ts';

it.each(Object.values(settings))('$name has a section with its default and a sentence', (row) => {
  const [, section = ''] = renderConfigurationPage().split(`## ${row.name}\n`);
  expect(section.split('\n## ')[0]).toContain(row.doc);
  expect(section).toContain(`- Default: ${row.default === '' ? 'empty' : `\`${row.default}\``}`);
});
