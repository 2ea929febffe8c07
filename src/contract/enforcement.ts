/** The ways past an enforced single sign-on. */
export type EmergencyUseKind = 'bypass' | 'break-glass';
