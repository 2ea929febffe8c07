import { describe, expect, test } from 'vitest';

import { loadPageAssets, readPageAsset } from './assets.ts';

const assets = loadPageAssets((name) => Buffer.from(`content of ${name}`));
const { pathname, searchParams } = new URL(assets.urls.styleSheet, 'http://localhost');
const name = pathname.replace('/assets/', '');
const version = searchParams.get('v') ?? '';

describe('page assets', () => {
  test('can be cached permanently under the URL that contains their hash', () => {
    const answer = assets.answer({ name, version });
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/css; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      },
    });
    expect(answer?.body?.toString()).toBe('content of sallyport.css');
  });

  test.each([undefined, 'f'.repeat(16)])('are revalidated under version %s', (other) => {
    expect(assets.answer({ name, version: other })?.headers['cache-control']).toBe('no-cache');
  });

  test.each(['"VERSION"', 'W/"VERSION"', '"other", "VERSION"'])(
    'are not sent again to a client that has %s',
    (tags) => {
      const answer = assets.answer({ name, version, ifNoneMatch: tags.replace('VERSION', version) });
      expect(answer).toMatchObject({ status: 304, headers: { etag: `"${version}"` }, body: undefined });
    },
  );

  test('are exactly these files', () => {
    for (const other of ['', 'assets.ts', '../assets.ts', 'constructor', '__proto__', 'toString']) {
      expect(assets.answer({ name: other })).toBeUndefined();
    }
  });

  test('change their URL with their content', () => {
    const changed = loadPageAssets((file) => Buffer.from(file === 'sallyport.css' ? 'changed' : `content of ${file}`));
    expect(changed.urls.styleSheet).not.toBe(assets.urls.styleSheet);
    expect(changed.urls.logo).toBe(assets.urls.logo);
  });

  test('load nothing themselves', () => {
    for (const file of ['sallyport.css', 'logo.svg', 'passage.svg'] as const) {
      const text = readPageAsset(file).toString().replaceAll('http://www.w3.org/2000/svg', '');
      expect(text).not.toMatch(/@import|https?:|url\((?!#)|<script/);
    }
  });
});
