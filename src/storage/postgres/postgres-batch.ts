import type { Connection, FieldDef, PoolClient, Submittable } from 'pg';
import { serialize } from 'pg-protocol';

import { postgresTypeParser } from './postgres-pool.ts';

/** A statement that is prepared under a name, with its values. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What one statement of a batch did. */
export interface BatchResult {
  /** `INSERT`, `COMMIT` and the like. */
  readonly command: string;
  readonly rowCount: number;
  readonly rows: object[];
}

/**
 * Sends statements in one message and resolves with what each did: one round trip, however many they are.
 *
 * They stand before one `Sync`, so the server runs none of those that follow one that fails (PostgreSQL manual, section
 * 54.2.4): what comes behind a `begin` never runs without it. Rejects with the error of the one that failed.
 */
export async function sendBatch(
  client: PoolClient,
  prepared: PreparedStatements,
  statements: readonly NamedStatement[],
): Promise<readonly BatchResult[]> {
  return new Promise((resolve, reject) => {
    const batch = new Batch(statements, prepared);
    batch.callback = (error) => {
      if (error === null) resolve(batch.results);
      else reject(error);
    };
    client.query(batch);
  });
}

/** What is known of the statements that one connection has prepared. */
export interface PreparedStatements {
  /** By name: what describes the rows; `undefined` when it is not known yet. */
  readonly shapes: Map<string, RowShape | undefined>;
  /** Names that a batch which failed was to prepare: the server may know them or not. */
  readonly doubtful: Set<string>;
}

/** A connection's statements before it has prepared any. */
export function nothingPrepared(): PreparedStatements {
  return { shapes: new Map(), doubtful: new Set() };
}

interface RowShape {
  readonly names: readonly string[];
  readonly parsers: readonly Parser[];
}

type Parser = (text: string) => unknown;

type Fields = readonly Pick<FieldDef, 'name' | 'dataTypeID'>[];

const noRows: RowShape = { names: [], parsers: [] };

// A class because `pg` calls its methods; which ones is what its own `Query` has. In turn it calls `callback`, which it
// replaces by one of its own to watch the time.
class Batch implements Submittable {
  callback: (error: Error | null) => void = () => undefined;
  readonly results: BatchResult[] = [];
  readonly #statements: readonly NamedStatement[];
  readonly #prepared: PreparedStatements;
  /** Names that this batch prepares. */
  readonly #preparing = new Set<string>();
  #rows: object[] = [];
  #misfit: Error | null = null;

  constructor(statements: readonly NamedStatement[], prepared: PreparedStatements) {
    this.#statements = statements;
    this.#prepared = prepared;
  }

  submit({ stream }: Connection): Error | null {
    try {
      const message = Buffer.concat([...this.#statements.flatMap((each) => this.#messagesOf(each)), serialize.sync()]);
      if (stream.writable) stream.write(message);
      return null;
    } catch (thrown) {
      // A value that cannot be sent; nothing was.
      return thrown instanceof Error ? thrown : new Error(String(thrown));
    }
  }

  handleRowDescription({ fields }: { fields: Fields }): void {
    this.#describe({
      names: fields.map(({ name }) => name),
      parsers: fields.map(({ dataTypeID }) => {
        const parse: Parser = postgresTypeParser(dataTypeID, 'text');
        return parse;
      }),
    });
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    try {
      this.#rows.push(rowOf(this.#shape(), fields));
    } catch (thrown) {
      // A value that does not fit. The server goes on, so this is told when it is done.
      this.#misfit ??= thrown instanceof Error ? thrown : new Error(String(thrown));
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    const [command = ''] = text.split(' ', 1);
    // Without a description there were no rows, which holds for every later run too.
    if (this.#shape() === noRows) this.#describe(noRows);
    this.results.push({ command, rowCount: Number(/\d+$/.exec(text)?.[0] ?? 0), rows: this.#rows });
    this.#rows = [];
  }

  handleReadyForQuery(): void {
    this.callback(this.#misfit);
  }

  handleError(error: Error): void {
    for (const name of this.#preparing) {
      this.#prepared.shapes.delete(name);
      this.#prepared.doubtful.add(name);
    }
    this.callback(error);
  }

  // The rows of a prepared statement never change their shape (a changed table makes it fail), so it is asked for once.
  #messagesOf({ name, text, values }: NamedStatement): Buffer[] {
    const run = [serialize.bind({ statement: name, values: values.map(toText) })];
    if (this.#prepared.shapes.get(name) === undefined) run.push(serialize.describe({ type: 'P' }));
    run.push(serialize.execute());
    if (this.#prepared.shapes.has(name)) return run;
    this.#prepared.shapes.set(name, undefined);
    this.#preparing.add(name);
    const isDoubtful = this.#prepared.doubtful.delete(name);
    const again = isDoubtful ? [serialize.close({ type: 'S', name })] : [];
    return [...again, serialize.parse({ name, text }), ...run];
  }

  #describe(shape: RowShape): void {
    const name = this.#statements[this.results.length]?.name;
    if (name !== undefined) this.#prepared.shapes.set(name, shape);
  }

  #shape(): RowShape {
    return this.#prepared.shapes.get(this.#statements[this.results.length]?.name ?? '') ?? noRows;
  }
}

function rowOf({ names, parsers }: RowShape, texts: readonly (string | null)[]): object {
  const row: Record<string, unknown> = {};
  for (const [index, name] of names.entries()) {
    const text = texts[index] ?? null;
    row[name] = text === null ? null : parsers[index]?.(text);
  }
  return row;
}

// What the engines have in common, as SQLite's connection takes it.
function toText(value: unknown): string | null {
  if (value === null) return null;
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    // No column of ours is one, but Kysely asks the database's catalogue about some.
    case 'boolean':
      return String(value);
    default:
      throw new TypeError(`a ${typeof value} cannot be stored`);
  }
}
