import { describe, expect, it } from 'vitest';

import { describeUncaught } from './uncaught.ts';

describe('the log entry of an uncaught error', () => {
  it('has its class and where it was thrown', () => {
    const { type, at } = describeUncaught(new TypeError('who knows what this says'));
    expect(type).toBe('TypeError');
    expect(at[0]).toContain('uncaught.test.ts');
    expect(at.join()).not.toContain('who knows');
  });

  it('has its code if it looks like one', () => {
    const failed = Object.assign(new Error('connect to a secret place'), { code: 'ECONNREFUSED' });
    expect(describeUncaught(failed)).toMatchObject({ type: 'Error', code: 'ECONNREFUSED' });
    expect(describeUncaught(Object.assign(new Error('x'), { code: 'a secret, not a code' }))).not.toHaveProperty(
      'code',
    );
    expect(describeUncaught(Object.assign(new Error('x'), { code: 7 }))).not.toHaveProperty('code');
  });

  it('has no data from the error', () => {
    const marked = 'marked\n    at marked (marked.ts:1:1)\nmarked';
    const error = Object.assign(new Error(marked, { cause: new Error(marked) }), {
      name: marked,
      code: marked,
      body: marked,
      headers: { authorization: marked },
    });
    expect(JSON.stringify(describeUncaught(error))).not.toContain('marked');
    expect(describeUncaught(error).at[0]).toContain('uncaught.test.ts');
    expect(describeUncaught(new Error('    at marked')).at[0]).toContain('uncaught.test.ts');
  });

  it('has its type if it is not an Error', () => {
    expect(describeUncaught('a secret')).toEqual({ type: 'string', at: [] });
    expect(describeUncaught({ secret: 1 })).toEqual({ type: 'object', at: [] });
    expect(describeUncaught(undefined)).toEqual({ type: 'undefined', at: [] });
  });

  it('has a limited size', () => {
    const deep = (depth: number): Error => (depth === 0 ? new Error('x') : deep(depth - 1));
    Error.stackTraceLimit = 100;
    const { at } = describeUncaught(deep(90));
    Error.stackTraceLimit = 10;
    expect(at).toHaveLength(20);
    const error = new Error('x');
    error.stack = `Error: x\n    at ${'f'.repeat(1_000)}`;
    expect(describeUncaught(error).at[0]).toHaveLength(200);
  });
});
