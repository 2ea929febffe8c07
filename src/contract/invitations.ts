/** What became of an invitation. */
export const invitationStatuses = ['invited', 'accepted', 'revoked', 'expired'] as const;
export type InvitationStatus = (typeof invitationStatuses)[number];
