import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import * as outboundLimits from '../outbound/limits.ts';
import * as oidcLimits from './limits.ts';

it('the page for operators shows the limits with their current values', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/outbound.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)`\s*\| ([\d,]+)\s/gm)].map(([, name = '', value = '']) => [
    name,
    Number(value.replaceAll(',', '')),
  ]);
  const known = new Map<string, unknown>(Object.entries({ ...outboundLimits, ...oidcLimits }));
  expect(rows.length).toBeGreaterThan(25);
  expect(rows).toEqual(rows.map(([name]) => [name, known.get(String(name))]));
});
