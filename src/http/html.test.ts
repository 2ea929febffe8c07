import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { html, toMarkup, type Html } from './html.ts';

describe('html', () => {
  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['"><img src=x onerror=alert(1)>', '&quot;&gt;&lt;img src=x onerror=alert(1)&gt;'],
    ["' autofocus onfocus='alert(1)", '&#39; autofocus onfocus=&#39;alert(1)'],
    ['</textarea><script>', '&lt;/textarea&gt;&lt;script&gt;'],
    ['&lt;script&gt;', '&amp;lt;script&amp;gt;'],
    ['\ud800', '\ufffd'],
  ])('escapes %j', (hostile, escaped) => {
    expect(toMarkup(html`<p title="${hostile}">${hostile}</p>`)).toBe(`<p title="${escaped}">${escaped}</p>`);
  });

  test('escapes every character that could end an attribute or begin a tag', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[<>"']/.test(toMarkup(html`${text}`))));
  });

  test('keeps its own markup, alone and in lists', () => {
    const names = ['a', '<b>'].map((name) => html`<i>${name}</i>`);
    expect(toMarkup(html`<b>${names}</b>${html`<u></u>`}`)).toBe('<b><i>a</i><i>&lt;b&gt;</i></b><u></u>');
  });

  test('renders nothing for undefined, and renders numbers', () => {
    expect(toMarkup(html`[${undefined}${false}${0}]`)).toBe('[0]');
  });

  test('rejects an object that imitates markup', () => {
    // The cast imitates a request parser that returns another type than it declares.
    const forged = JSON.parse('{"markup":"<script>","Symbol(markup)":"<script>"}') as Html;
    expect(() => html`${forged}`).toThrow(TypeError);
    expect(() => html`${[forged]}`).toThrow(TypeError);
  });
});
