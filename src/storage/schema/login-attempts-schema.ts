/** What became of each sign-in, for the admin who has to find out why one failed. `details` is JSON. */
export interface LoginAttemptsTable {
  id: string;
  organization_id: string | null;
  outcome: 'started' | 'succeeded' | 'refused';
  code: string | null;
  user_id: string | null;
  details: string;
  created_at: number;
  finished_at: number | null;
}

/** Sign-ins that were refused in the minute that begins at `minute_at`: on record, and only counted. */
export interface RefusedAttemptCountsTable {
  organization_id: string;
  minute_at: number;
  recorded: number;
  omitted: number;
}
