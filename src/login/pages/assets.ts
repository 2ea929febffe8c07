import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const contentTypes = {
  'sallyport.css': 'text/css; charset=utf-8',
  'command-line.js': 'text/javascript; charset=utf-8',
  'logo.svg': 'image/svg+xml',
  'passage.svg': 'image/svg+xml',
} as const;

type AssetName = keyof typeof contentTypes;

/** The paths of the pages' files below `/assets/`. Their `v` changes with the content. */
export interface AssetUrls {
  readonly styleSheet: string;
  readonly commandLineScript: string;
  readonly logo: string;
  readonly passage: string;
}

/** A browser's request: the last segment of the path, `?v=` and `If-None-Match`. */
export interface AssetRequest {
  readonly name: string;
  readonly version?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

export interface AssetAnswer {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

export interface PageAssets {
  readonly urls: AssetUrls;
  /** The response to a request for a file; `undefined` if the file does not exist. */
  answer(request: AssetRequest): AssetAnswer | undefined;
}

interface Asset {
  readonly body: Buffer;
  readonly contentType: string;
  readonly version: string;
}

/** Loads the files of the pages once; `read` gets a file's name. */
export function loadPageAssets(read: (name: AssetName) => Buffer): PageAssets {
  const load = (name: AssetName): Asset => {
    const body = read(name);
    return { body, contentType: contentTypes[name], version: versionOf(body) };
  };
  const assets = {
    'sallyport.css': load('sallyport.css'),
    'command-line.js': load('command-line.js'),
    'logo.svg': load('logo.svg'),
    'passage.svg': load('passage.svg'),
  } satisfies Record<AssetName, Asset>;
  const byName: ReadonlyMap<string, Asset> = new Map(Object.entries(assets));
  const url = (name: AssetName): string => `/assets/${name}?v=${assets[name].version}`;
  return {
    urls: {
      styleSheet: url('sallyport.css'),
      commandLineScript: url('command-line.js'),
      logo: url('logo.svg'),
      passage: url('passage.svg'),
    },
    answer: (request) => {
      const asset = byName.get(request.name);
      return asset && answerWith(asset, request);
    },
  };
}

/** Reads a file of the pages from the program's folder. */
export function readPageAsset(name: AssetName): Buffer {
  return readFileSync(new URL(`./assets/${name}`, import.meta.url));
}

// Only a URL that names this content may be cached permanently (RFC 8246): during an upgrade, a node may get a request
// for the content of another version.
function answerWith(asset: Asset, { version, ifNoneMatch }: AssetRequest): AssetAnswer {
  const etag = `"${asset.version}"`;
  const headers = {
    'cache-control': version === asset.version ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  };
  // A proxy may have weakened the validator. If-None-Match compares weakly (RFC 9110, section 13.1.2).
  const known = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag)) return { status: 304, headers, body: undefined };
  return { status: 200, headers: { ...headers, 'content-type': asset.contentType }, body: asset.body };
}

function versionOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 16);
}
