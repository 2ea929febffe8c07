/** A boolean: neither engine's driver converts one, and both store a small integer. */
export const bit = (column: string) => `${column} smallint not null check (${column} in (0, 1))`;

/** A number that is never negative. */
export const count = (column: string) => `${column} bigint not null check (${column} >= 0)`;

export const role = (column: string) => `${column} text not null check (${column} in ('admin', 'member', 'no-access'))`;

/** Whether a user or a machine identity did something. */
export const actorKind = (column: string) => `${column} text check (${column} in ('user', 'identity'))`;

export const organizationId = 'organization_id text not null references organizations (id) on delete cascade';
export const userId = 'user_id text not null references users (id) on delete cascade';
export const timestamps = 'created_at bigint not null, updated_at bigint not null';
