import { dirname, join } from 'node:path';

import { clientVariables } from '../contract/command-line.ts';
import type { Secret } from '../kernel/secret.ts';
import { settings, type Setting, type SettingValues } from './schema.ts';
import { suggestName } from './suggest-name.ts';

/** The source of the root key. */
export type RootKeySource =
  | { readonly from: 'environment'; readonly key: Secret }
  | { readonly from: 'file'; readonly file: string };

/** All settings, parsed once and frozen. */
export type Config = Omit<SettingValues, 'rootKey' | 'rootKeyFile'> & { readonly rootKey: RootKeySource };

/** A fault of one environment variable, for the operator. */
export interface ConfigFault {
  readonly name: string;
  readonly problem: string;
}

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/**
 * Reads every setting from the environment and reports all faults at once.
 *
 * Values are trimmed, and an empty value counts as unset, as `NAME=` in an env file means. An unknown name that begins
 * with `SALLYPORT_` is a fault, because a typing error must not leave a limit at its default.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): LoadedConfig {
  const parsed = Object.entries(settings).map(([key, row]) => ({ key, name: row.name, ...parseSetting(row, env) }));
  const faults: ConfigFault[] = parsed.flatMap((row) => (row.ok ? [] : [{ name: row.name, problem: row.problem }]));
  faults.push(...unknownNames(env));
  if (isSet(env, settings.rootKey.name) && isSet(env, settings.rootKeyFile.name)) {
    faults.push({ name: settings.rootKeyFile.name, problem: `must not be set together with ${settings.rootKey.name}` });
  }
  const [smtp, from] = [settings.smtpUrl.name, settings.mailFrom.name];
  if (isSet(env, smtp) !== isSet(env, from)) {
    const [missing, other] = isSet(env, smtp) ? [from, smtp] : [smtp, from];
    faults.push({ name: missing, problem: `must be set together with ${other}` });
  }
  if (faults.length > 0) return { ok: false, faults };
  const values = Object.fromEntries(parsed.flatMap((row) => (row.ok ? [[row.key, row.value]] : [])));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key of the table has the value its own kind made
  return { ok: true, config: toConfig(values as SettingValues) };
}

function toConfig({ rootKey, rootKeyFile, ...values }: SettingValues): Config {
  const source: RootKeySource =
    rootKey === undefined
      ? { from: 'file', file: rootKeyFile ?? defaultRootKeyFile(values.databaseUrl) }
      : { from: 'environment', key: rootKey };
  return Object.freeze({ ...values, rootKey: Object.freeze(source) });
}

// Beside the SQLite file, so that one folder contains everything.
function defaultRootKeyFile(databaseUrl: Secret): string {
  const url = databaseUrl.expose();
  const folder = url.startsWith('sqlite:') ? dirname(url.slice('sqlite:'.length)) : 'data';
  return join(folder, 'root.key');
}

function parseSetting(row: Setting<unknown>, env: Readonly<Record<string, string | undefined>>) {
  return row.kind.parse(isSet(env, row.name) ? (env[row.name] ?? '').trim() : row.default);
}

function isSet(env: Readonly<Record<string, string | undefined>>, name: string): boolean {
  return (env[name] ?? '').trim() !== '';
}

function unknownNames(env: Readonly<Record<string, string | undefined>>): readonly ConfigFault[] {
  const known = Object.values(settings).map(({ name }) => name);
  const others: readonly string[] = clientVariables.map(({ name }) => name);
  const isUnknown = (name: string) => name.startsWith('SALLYPORT_') && !known.includes(name) && !others.includes(name);
  const unknown = Object.keys(env).filter(isUnknown);
  return unknown.toSorted().map((name) => {
    const suggestion = suggestName(name, known);
    return { name, problem: `is no setting${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}` };
  });
}
