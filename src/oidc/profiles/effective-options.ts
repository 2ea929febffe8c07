import { connectionOptionDefaults, connectionOptionNames } from '../../contract/connection-option-defaults.ts';
import type { ConnectionOptions } from '../../contract/connection-options.ts';
import type { AppliedOption, Profile } from './profile.ts';

/** One option as a sign-in uses it, and where it comes from. */
export interface EffectiveOption {
  readonly option: keyof ConnectionOptions;
  readonly value: unknown;
  readonly source: 'configured' | 'profile' | 'default';
  /** The profile's reason. */
  readonly why: string | undefined;
}

export interface EffectiveOptions {
  readonly options: ConnectionOptions;
  readonly explained: readonly EffectiveOption[];
  /** What the profile would have applied, and why it did not. */
  readonly heldBack: readonly { readonly applied: AppliedOption; readonly because: string }[];
}

/** What a profile's options are combined with. */
export interface ConnectionState {
  /**
   * The options that an admin set. An option that is missing or equals its default counts as not set, unless it is in
   * `chosen`.
   */
  readonly stored: Partial<ConnectionOptions>;
  /** Options that an admin set to their default. They take precedence over the profile, as any other value does. */
  readonly chosen?: readonly (keyof ConnectionOptions)[];
  /** Whether sign-ins set group memberships. */
  readonly needsGroups: boolean;
  /** The `scopes_supported` of the discovery document (OpenID Connect Discovery, section 3). */
  readonly scopesSupported: readonly string[];
}

/**
 * Combines what the admin set, what the profile knows, and the defaults, in this order.
 *
 * The options on groups belong together: if an admin set one of them, the profile applies none. A scope is requested
 * only if it is useful and the provider lists it, because some providers reject every sign-in with an unknown scope.
 */
export function effectiveOptions({ applied }: Profile, state: ConnectionState): EffectiveOptions {
  const configured = configuredNames(state);
  const judged = applied.map((one) => ({ applied: one, because: obstacle(one, configured, state) }));
  const taken = judged.flatMap((one) => (one.because === undefined ? [one.applied] : []));
  const options: ConnectionOptions = {
    ...connectionOptionDefaults,
    ...Object.fromEntries(taken.map(({ option, value }) => [option, value])),
    ...Object.fromEntries([...configured].map((name) => [name, state.stored[name]])),
  };
  return {
    options,
    explained: connectionOptionNames.map((option) => explain(option, options, { configured, taken })),
    heldBack: judged.flatMap(({ applied: one, because }) => (because === undefined ? [] : [{ applied: one, because }])),
  };
}

const groupOptions: readonly string[] = ['groupsClaim', 'groupsSource', 'groupsFormat', 'groupsDelimiter'];

type Names = ReadonlySet<keyof ConnectionOptions>;

function configuredNames({ stored, chosen = [] }: ConnectionState): Names {
  return new Set(
    connectionOptionNames.filter(
      (name) =>
        stored[name] !== undefined &&
        (chosen.includes(name) || JSON.stringify(stored[name]) !== JSON.stringify(connectionOptionDefaults[name])),
    ),
  );
}

function obstacle(
  { option, value }: AppliedOption,
  configured: Names,
  { stored, needsGroups, scopesSupported }: ConnectionState,
): string | undefined {
  if (configured.has(option)) {
    return 'An admin set it.';
  }
  if (groupOptions.includes(option) && [...configured].some((name) => groupOptions.includes(name))) {
    return 'An admin set another option on groups.';
  }
  if (
    option === 'groupsSource' &&
    (value === 'userinfo' || value === 'userinfo_first') &&
    stored.userinfo === 'never'
  ) {
    return 'An admin set that userinfo is never requested.';
  }
  if (option === 'userinfo' && value === 'never' && stored.groupsSource === 'userinfo') {
    return 'An admin set that groups are read from userinfo.';
  }
  if (option !== 'additionalScopes') {
    return undefined;
  }
  if (configured.has('scopes')) {
    return 'An admin set all scopes.';
  }
  if (!needsGroups) {
    return 'Sign-ins do not set group memberships.';
  }
  return value.every((scope) => scopesSupported.includes(scope))
    ? undefined
    : 'The discovery document does not list the scope, or there is no document.';
}

function explain(
  option: keyof ConnectionOptions,
  options: ConnectionOptions,
  { configured, taken }: { configured: Names; taken: readonly AppliedOption[] },
): EffectiveOption {
  const applied = taken.find((one) => one.option === option);
  const source = configured.has(option) ? 'configured' : applied === undefined ? 'default' : 'profile';
  return { option, value: options[option], source, why: applied?.why };
}
