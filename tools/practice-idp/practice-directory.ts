import type { PracticeClient } from './practice-client.ts';
import type { PracticePerson } from './practice-people.ts';

/** The users and clients of the practice provider. Both may change while it runs; the next request sees the change. */
export interface PracticeDirectory {
  people(): readonly PracticePerson[];
  replacePeople(people: readonly PracticePerson[]): void;
  findClient(clientId: string): PracticeClient | undefined;
  /** Adds a client, or replaces the one with the same client ID. */
  registerClient(client: PracticeClient): void;
}

/** A directory that starts with the given users and clients. */
export function createPracticeDirectory(
  people: readonly PracticePerson[],
  clients: readonly PracticeClient[],
): PracticeDirectory {
  const clientsById = new Map(clients.map((client) => [client.clientId, client]));
  let current = people;
  return {
    people: () => current,
    replacePeople: (next) => {
      current = next;
    },
    findClient: (clientId) => clientsById.get(clientId),
    registerClient: (client) => {
      clientsById.set(client.clientId, client);
    },
  };
}
