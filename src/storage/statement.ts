import type { Compilable, CompiledQuery, QueryExecutor } from 'kysely';

import type { Db, Tx } from './database.ts';

/** A statement that is built and compiled once and then only run: building one costs more than SQLite takes to run it. */
export interface Statement<Where, Values, Row> {
  all(db: Where, values: Values): Promise<Row[]>;
  first(db: Where, values: Values): Promise<Row | undefined>;
  /** Runs it; tells how many rows it added, changed or removed. */
  run(db: Where, values: Values): Promise<number>;
}

/**
 * Makes a statement from what builds it. `build` sees stand-ins in place of the values, so it may put them into the
 * query but not look at them: what depends on a value is another statement. A value that is `undefined` is left out, as
 * Kysely does, and makes a statement of its own.
 */
export function statement<Where extends Db | Tx, Values extends object, Row>(
  build: (db: Where, values: Values) => Compilable<Row>,
): Statement<Where, Values, Row> {
  // By engine, which every database and transaction names by its adapter, and by the values that are there.
  const compiled = new WeakMap<QueryExecutor['adapter'], Map<string, CompiledQuery<Row>>>();

  const compiledFor = (db: Where, names: readonly string[]): CompiledQuery<Row> => {
    const { adapter } = db.getExecutor();
    const known = compiled.get(adapter) ?? new Map<string, CompiledQuery<Row>>();
    compiled.set(adapter, known);
    const key = names.join();
    const query = known.get(key) ?? build(db, standInsFor(names)).compile();
    known.set(key, query);
    return query;
  };
  const execute = (db: Where, values: Values) => {
    const valueOf = (name: string): unknown => Reflect.get(values, name);
    const names = Object.keys(values).filter((name) => valueOf(name) !== undefined);
    const query = compiledFor(db, names);
    const parameters = query.parameters.map((each) => (each instanceof StandIn ? valueOf(each.name) : each));
    return db.executeQuery<Row>({ ...query, parameters });
  };
  return {
    all: async (db, values) => (await execute(db, values)).rows,
    first: async (db, values) => (await execute(db, values)).rows[0],
    run: async (db, values) => Number((await execute(db, values)).numAffectedRows ?? 0n),
  };
}

// A class, so that it is told apart from every value that is part of the statement itself.
class StandIn {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

function standInsFor<Values extends object>(names: readonly string[]): Values {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- to the query builder any value is opaque
  return Object.fromEntries(names.map((name) => [name, new StandIn(name)])) as Values;
}
