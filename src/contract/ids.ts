declare const brand: unique symbol;

/** A string that was checked once, at the edge, and is not checked again. */
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type OrganizationId = Branded<'OrganizationId'>;
export type UserId = Branded<'UserId'>;
export type MembershipId = Branded<'MembershipId'>;
export type GroupId = Branded<'GroupId'>;
export type MachineIdentityId = Branded<'MachineIdentityId'>;
export type UniversalAuthId = Branded<'UniversalAuthId'>;
export type ClientSecretId = Branded<'ClientSecretId'>;
export type OidcConfigId = Branded<'OidcConfigId'>;
export type SessionId = Branded<'SessionId'>;
export type AttemptId = Branded<'AttemptId'>;
export type ApplicationId = Branded<'ApplicationId'>;

type AnyId =
  | OrganizationId
  | UserId
  | MembershipId
  | GroupId
  | MachineIdentityId
  | UniversalAuthId
  | ClientSecretId
  | OidcConfigId
  | SessionId
  | AttemptId
  | ApplicationId;

/**
 * Marks a string as an identifier of the wanted kind. Call it where the value was just made or was just read from a
 * place that only holds such identifiers (a row, a validated path); nowhere else.
 */
export function asId<Id extends AnyId>(value: string): Id {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that makes one
  return value as Id;
}
