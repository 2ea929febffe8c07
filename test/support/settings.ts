import { type Config, loadConfig } from '../../src/config/load-config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration of an environment; fails if it has faults. */
export function load(env: Environment): Config {
  const loaded = loadConfig(env);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  return loaded.config;
}

/** The faults of an environment. */
export function faultsOf(env: Environment): readonly { name: string; problem: string }[] {
  const loaded = loadConfig(env);
  return loaded.ok ? [] : loaded.faults;
}
