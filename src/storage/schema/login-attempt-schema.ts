/** A sign-in attempt. */
export interface LoginAttemptsTable {
  id: string;
  organization_id: string | null;
  outcome: 'started' | 'succeeded' | 'refused';
  code: string | null;
  user_id: string | null;
  /** JSON. */
  details: string;
  created_at: number;
  finished_at: number | null;
}

/** Refused sign-in attempts in the minute that begins at `minute_at`: those with a row, and those only counted. */
export interface RefusedLoginAttemptCountsTable {
  organization_id: string;
  minute_at: number;
  recorded: number;
  omitted: number;
}
