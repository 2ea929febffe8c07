/**
 * The schema keyword of an object one of whose properties is required unless others have the values that it names. JSON
 * Schema's own `if` and `then` cannot say it here: a validator that drops what a schema does not declare would drop, for
 * the condition's sake, all that the condition does not name.
 */
export const requiredUnlessKeyword = 'x-required-unless';

export interface RequiredUnless {
  readonly property: string;
  /** For each other property, the values of which any one makes the property optional. */
  readonly unless: Readonly<Record<string, readonly unknown[]>>;
}
