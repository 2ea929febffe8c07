/** This process's id, for messages to an operator. */
export const ownProcessId: number = process.pid;
