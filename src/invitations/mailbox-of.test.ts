import { expect, test } from 'vitest';

import { mailboxOf } from './mailbox-of.ts';

test.each([
  ['zoe+1@acme.example', 'zoe@acme.example'],
  ['zoe+a+b@acme.example', 'zoe@acme.example'],
  ['z.o.e@acme.example', 'z.o.e@acme.example'],
  ['+zoe@acme.example', '+zoe@acme.example'],
  ['z.oe+x@gmail.com', 'zoe@gmail.com'],
  ['zo.e@googlemail.com', 'zoe@gmail.com'],
])('H348: %s counts for the mailbox %s', (address, mailbox) => {
  expect(mailboxOf(address)).toBe(mailbox);
});
