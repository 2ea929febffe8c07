import type { Compilable, CompiledQuery, QueryExecutor } from 'kysely';

import type { Db, Tx } from './database.ts';
import { runCompiled } from './direct-connection.ts';
import type { PatientQuery } from './query-kinds.ts';

/** A statement that is built and compiled once and then only run: building one costs more than SQLite takes to run it. */
export interface Statement<Where, Values, Row> {
  all(db: Where, values: Values): Promise<Row[]>;
  first(db: Where, values: Values): Promise<Row | undefined>;
  /** Runs it; tells how many rows it added, changed or removed. */
  run(db: Where, values: Values): Promise<number>;
  /**
   * Runs it in a transaction without looking at what it did. It may be sent only with the next statement or the commit,
   * which then fail with its error.
   */
  send(tx: Where, values: Values): Promise<void>;
}

/**
 * Makes a statement from what builds it. `build` sees stand-ins in place of the values, so it may put them into the
 * query but not look at them: what depends on a value is another statement. A value that is `undefined` is left out, as
 * Kysely does, and makes a statement of its own; so does a list of rows for each number of rows.
 */
export function statement<Where extends Db | Tx, Values extends object, Row>(
  build: (db: Where, values: Values) => Compilable<Row>,
): Statement<Where, Values, Row> {
  // By engine, which every database and transaction names by its adapter, and by the values that are there.
  const compiled = new WeakMap<QueryExecutor['adapter'], Map<string, CompiledQuery<Row>>>();

  // What ran last is most often what runs next.
  let last: { adapter: QueryExecutor['adapter']; names: readonly string[]; query: CompiledQuery<Row> } | undefined;

  const compiledFor = (db: Where, values: Values): CompiledQuery<Row> => {
    const { adapter } = db.getExecutor();
    if (last?.adapter === adapter && hasPlainValues(values, last.names)) return last.query;
    const queries = compiled.get(adapter) ?? new Map<string, CompiledQuery<Row>>();
    compiled.set(adapter, queries);
    const shape = shapeOf(values);
    const query = queries.get(shape) ?? build(db, standInsFor(values)).compile();
    queries.set(shape, query);
    const names = Object.keys(values);
    if (hasPlainValues(values, names)) last = { adapter, names, query };
    return query;
  };
  const withValues = (db: Where, values: Values) => {
    const query = compiledFor(db, values);
    const parameters = query.parameters.map((each) => (each instanceof StandIn ? each.read(values) : each));
    return { ...query, parameters };
  };
  const execute = async (db: Where, values: Values) => runCompiled<Row>(db, withValues(db, values));
  return {
    all: async (db, values) => (await execute(db, values)).rows,
    first: async (db, values) => (await execute(db, values)).rows[0],
    run: async (db, values) => Number((await execute(db, values)).numAffectedRows ?? 0n),
    send: async (tx, values) => {
      const query: PatientQuery = { ...withValues(tx, values), mayWait: true };
      await runCompiled(tx, query);
    },
  };
}

type Read = (values: object) => unknown;

// A class, so that it is told apart from every value that is part of the statement itself.
class StandIn {
  readonly read: Read;

  constructor(read: Read) {
    this.read = read;
  }
}

/** What a statement depends on: which values there are, and of a list of rows their columns and how many there are. */
function shapeOf(values: object): string {
  let shape = '';
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    shape += isRows(value) ? `${name}[${value.length}:${Object.keys(value[0] ?? {}).join()}],` : `${name},`;
  }
  return shape;
}

/** Whether values are there under exactly these names, in this order, and none of them is a list. */
function hasPlainValues(values: object, names: readonly string[]): boolean {
  let place = 0;
  for (const [name, value] of Object.entries(values)) {
    if (name !== names[place] || value === undefined || isRows(value)) return false;
    place += 1;
  }
  return place === names.length;
}

function isRows(value: unknown): value is readonly object[] {
  return Array.isArray(value);
}

function standInsFor<Values extends object>(values: Values): Values {
  const place = (holder: object, reach: Read): object =>
    Object.fromEntries(
      Object.entries(holder)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => {
          const read = memberOf(reach, name);
          return [name, isRows(value) ? value.map((row, n) => place(row, memberOf(read, n))) : new StandIn(read)];
        }),
    );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- to the query builder any value is opaque
  return place(values, (given) => given) as Values;
}

function memberOf(holder: Read, key: string | number): Read {
  return (values): unknown => Reflect.get(Object(holder(values)), key);
}
