import { expect, it } from 'vitest';

import { parseDomainName } from './domain-name.ts';

it.each([
  ['acme.example', 'acme.example'],
  ['ACME.Example', 'acme.example'],
  ['a-b.c1.example', 'a-b.c1.example'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['пример.испытание', 'xn--e1afmkfd.xn--80akhbyknj4f'],
  ['例え.example', 'xn--r8jz45g.example'],
])('normalises %s to %s', (text, domain) => {
  expect(parseDomainName(text)).toEqual({ ok: true, domain });
});

it.each([
  ['', 'empty'],
  ['example', 'single_label'],
  ['.example', 'label'],
  ['acme.example.', 'label'],
  ['*.acme.example', 'label'],
  ['acme .example', 'label'],
  ['acme.example:443', 'label'],
  ['10.0.0.1', 'address'],
  ['ｅｘａｍｐｌｅ.example', 'not_canonical'],
  ['stra\u00df\u00ade.example', 'label'],
  ['ex\u0430mple\uff0eexample', 'label'],
  [`${'a'.repeat(63)}.`.repeat(4).concat('example'), 'too_long'],
])('rejects %s as a domain: %s', (text, reason) => {
  expect(parseDomainName(text)).toEqual({ ok: false, reason });
});
