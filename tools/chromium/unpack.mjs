// Unpacks the Chromium of the npm package, its libraries and its font into a folder: node unpack.mjs <folder>
//
// The package unpacks into the system's temporary folder and trusts existing files there, so it gets its own one.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [folder] = process.argv.slice(2);
await mkdir(dirname(folder), { recursive: true });
const draft = await mkdtemp(`${folder}-`);
process.env.TMPDIR = draft;

const { default: chromium, inflate } = await import('@sparticuz/chromium');
const archives = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))));
await Promise.all([chromium.executablePath(), inflate(join(archives, 'bin', 'al2023.tar.br'))]);
const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
writeFileSync(join(draft, 'version'), Object.values(dependencies).join());
// The package's own configuration looks for the font in /tmp.
const fonts = join(folder, 'fonts').replace(/[&<]/g, (sign) => (sign === '&' ? '&amp;' : '&lt;'));
writeFileSync(
  join(draft, 'fonts', 'fonts.conf'),
  `<?xml version="1.0"?><fontconfig><dir>${fonts}</dir><cachedir>${fonts}/cache</cachedir></fontconfig>\n`,
);
rmSync(folder, { recursive: true, force: true });
renameSync(draft, folder);
