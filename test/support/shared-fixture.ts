import { afterAll, beforeAll } from 'vitest';

/**
 * A value that the tests of one `describe` share. It is opened before the first of them and closed after the last, also
 * when opening a later fixture fails.
 *
 * Hooks run after the `describe` is collected, so the object is returned at once and gets its members in the hook. Read
 * its members in tests and hooks only.
 */
export function sharedFixture<Value extends { close(): Promise<void> }>(open: () => Promise<Value>): Value {
  let opened: Value | undefined;
  // Complete before any test reads it.
  const shared = {} as Value;
  beforeAll(async () => {
    opened = await open();
    Object.assign(shared, opened);
  });
  afterAll(async () => opened?.close());
  return shared;
}
