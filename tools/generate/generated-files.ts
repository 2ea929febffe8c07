import { renderCommandLinePage } from './command-line-page.ts';
import { completeLockFile } from './complete-lock.ts';
import { renderConfigurationPage } from './configuration-page.ts';
import { renderConformancePage } from './conformance-page.ts';
import { renderIdentityProvidersPage } from './identity-providers-page.ts';
import { renderLintConfig } from './lint-config.ts';
import { renderOpenApiDocument } from './openapi-document.ts';

/** A generated file that is committed, so that its changes are reviewed. */
export interface GeneratedFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  render(root: string): string | Promise<string>;
}

/** Every generated file; `npm run generate` writes them all and `npm run check` compares them. Append yours here. */
export const generatedFiles: readonly GeneratedFile[] = [
  { path: '.oxlintrc.json', render: renderLintConfig },
  { path: 'docs/configuration.md', render: renderConfigurationPage },
  { path: 'docs/security/conformance.md', render: renderConformancePage },
  { path: 'docs/identity-providers.md', render: renderIdentityProvidersPage },
  { path: 'docs/cli.md', render: renderCommandLinePage },
  { path: 'openapi.json', render: renderOpenApiDocument },
  { path: 'package-lock.json', render: (root) => completeLockFile(`${root}/package-lock.json`) },
];
