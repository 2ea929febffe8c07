/** This process's number, for messages that tell an operator which process they mean. */
export const ownProcessId: number = process.pid;
