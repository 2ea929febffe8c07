import { existsSync } from 'node:fs';

import type { Config } from '../config/load-config.ts';
import { loadOtherRootKeys, loadRootKey } from '../config/root-key.ts';
import { systemRandom } from '../kernel/random.ts';
import { OperatorFault } from './operator-fault.ts';

/**
 * The root keys that the settings name. No command makes one: the one that is needed is the one that was there.
 *
 * @throws {OperatorFault} if it is missing or cannot be used.
 */
export function requireRootKeys(config: Config) {
  const { rootKey: source } = config;
  if (source.from === 'file' && !existsSync(source.file)) {
    throw new OperatorFault(
      `The root key is missing. Put the one that this database was made with into ${source.file}`,
    );
  }
  const rootKey = loadRootKey(source, systemRandom);
  if (!rootKey.ok) throw new OperatorFault(`${rootKey.fault.name} ${rootKey.fault.problem}`);
  const others = loadOtherRootKeys(config);
  if (!others.ok) throw new OperatorFault(`${others.fault.name} ${others.fault.problem}`);
  return { rootKey: rootKey.key, otherRootKeys: others.keys };
}
