import type { Connection, FieldDef, PoolClient, Submittable } from 'pg';
import { serialize } from 'pg-protocol';

import { postgresTypeParser } from './postgres-pool.ts';

/** A statement that is prepared by name, with its values. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The result of one statement of a batch. */
export interface BatchResult {
  /** The command, such as `INSERT` or `COMMIT`. */
  readonly command: string;
  readonly rowCount: number;
  readonly rows: object[];
}

/**
 * Sends statements in one message, which takes one round trip, and resolves with their results.
 *
 * One `Sync` follows them all, so the server skips every statement after a failed one (PostgreSQL manual, section
 * 54.2.4):
 * statements after a failed `begin` never run. Rejects with the error of the failed statement.
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

/** The statements that one connection has prepared. */
export interface PreparedStatements {
  /** By name: the description of the rows; `undefined` until it is known. */
  readonly shapes: Map<string, RowShape | undefined>;
  /** Names in a failed batch: the server may or may not have prepared them. */
  readonly uncertain: Set<string>;
}

/** The state of a connection that has prepared nothing. */
export function nothingPrepared(): PreparedStatements {
  return { shapes: new Map(), uncertain: new Set() };
}

interface RowShape {
  readonly names: readonly string[];
  readonly parsers: readonly Parser[];
}

type Parser = (text: string) => unknown;

type Fields = readonly Pick<FieldDef, 'name' | 'dataTypeID'>[];

const noRows: RowShape = { names: [], parsers: [] };

// A class because `pg` calls its methods, the same as those of its own `Query`. `pg` also replaces `callback` with one
// that
// measures the time.
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
      // A value that cannot be sent. Nothing was sent.
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
      // A value out of range. The server continues, so the error is reported at the end.
      this.#misfit ??= thrown instanceof Error ? thrown : new Error(String(thrown));
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    const [command = ''] = text.split(' ', 1);
    // Without a description the statement returns no rows, now and later.
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
      this.#prepared.uncertain.add(name);
    }
    this.callback(error);
  }

  // The rows of a prepared statement never change their shape (a changed table makes it fail), so one description is
  // enough.
  #messagesOf({ name, text, values }: NamedStatement): Buffer[] {
    const run = [serialize.bind({ statement: name, values: values.map(toText) })];
    if (this.#prepared.shapes.get(name) === undefined) run.push(serialize.describe({ type: 'P' }));
    run.push(serialize.execute());
    if (this.#prepared.shapes.has(name)) return run;
    this.#prepared.shapes.set(name, undefined);
    this.#preparing.add(name);
    const isUncertain = this.#prepared.uncertain.delete(name);
    const again = isUncertain ? [serialize.close({ type: 'S', name })] : [];
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

// The types that both engines store, as in SQLite's connection.
function toText(value: unknown): string | null {
  if (value === null) return null;
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    // No column is a boolean, but Kysely's queries on the catalogue have boolean values.
    case 'boolean':
      return String(value);
    default:
      throw new TypeError(`a ${typeof value} cannot be stored`);
  }
}
