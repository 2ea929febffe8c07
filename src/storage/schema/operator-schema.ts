/** Organizations that an instance admin deleted. Their audit trails are kept, and their slugs are not free to everyone. */
export interface DeletedOrganizationsTable {
  id: string;
  name: string;
  slug: string;
  deleted_at: number;
}

/** To which organization a domain belongs that the operator vouches for. `named` is how the settings name it. */
export interface OperatorDomainsTable {
  id: string;
  domain: string;
  named: string;
  organization_id: string;
  bound_at: number;
}
