import { type Compilable, type CompiledQuery, type Expression, type QueryExecutor, ValueNode } from 'kysely';

import type { Db, Tx } from './database.ts';
import { runCompiled } from './direct-connection.ts';
import type { PatientQuery } from './query-kinds.ts';

/** A statement that is built and compiled once and then only run: to build one costs more than SQLite takes to run it. */
export interface Statement<Where, Values, Row> {
  all(db: Where, values: Values): Promise<Row[]>;
  first(db: Where, values: Values): Promise<Row | undefined>;
  /** Runs it; returns how many rows it added, changed or removed. */
  run(db: Where, values: Values): Promise<number>;
  /**
   * Runs it in a transaction without looking at the result. It may be sent only with the next statement or the commit,
   * which then fail with its error.
   */
  send(tx: Where, values: Values): Promise<void>;
}

/**
 * The placeholder of a value in a statement. It goes wherever the query builder takes an expression of the value's type.
 * It cannot be compared or calculated with: what depends on a value is another statement.
 */
export class Param<T> implements Expression<T> {
  readonly #read: Read;

  constructor(read: Read) {
    this.#read = read;
  }

  get expressionType(): T | undefined {
    return undefined;
  }

  toOperationNode(): ValueNode {
    return ValueNode.create(this);
  }

  /** The value that a compiled parameter stands for. */
  static valueOf(parameter: unknown, values: object): unknown {
    return parameter instanceof Param ? parameter.#read(values) : parameter;
  }
}

type Read = (values: object) => unknown;

/** The placeholders of some values. A value that may be `undefined` has none if it is. */
export type Params<Values> = {
  readonly [Name in keyof Values]: Values[Name] extends readonly (infer Item)[]
    ? readonly Params<Item>[]
    : undefined extends Values[Name]
      ? Param<Exclude<Values[Name], undefined>> | undefined
      : Param<Values[Name]>;
};

/**
 * Creates a statement. `build` gets a placeholder for each value. A value that is `undefined` is left out, as Kysely
 * does, and makes another compiled statement. So does a list of rows, for each number of rows.
 */
export function statement<Where extends Db | Tx, Values extends object, Row>(
  build: (db: Where, params: Params<Values>) => Compilable<Row>,
): Statement<Where, Values, Row> {
  // By the engine's adapter, which every database and transaction has, and by the values that are present.
  const compiled = new WeakMap<QueryExecutor['adapter'], Map<string, CompiledQuery<Row>>>();

  // The query that ran last is usually the next to run.
  let last: { adapter: QueryExecutor['adapter']; names: readonly string[]; query: CompiledQuery<Row> } | undefined;

  const compiledFor = (db: Where, values: Values): CompiledQuery<Row> => {
    const { adapter } = db.getExecutor();
    if (last?.adapter === adapter && hasPlainValues(values, last.names)) return last.query;
    const queries = compiled.get(adapter) ?? new Map<string, CompiledQuery<Row>>();
    compiled.set(adapter, queries);
    const shape = shapeOf(values);
    const query = queries.get(shape) ?? build(db, paramsFor(values)).compile();
    queries.set(shape, query);
    const names = Object.keys(values);
    if (hasPlainValues(values, names)) last = { adapter, names, query };
    return query;
  };
  const withValues = (db: Where, values: Values) => {
    const query = compiledFor(db, values);
    const parameters = query.parameters.map((each) => Param.valueOf(each, values));
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

/** The values that are present, and for a list of rows its columns and its length: each shape has its own query. */
function shapeOf(values: object): string {
  let shape = '';
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    shape += isRows(value) ? `${name}[${value.length}:${Object.keys(value[0] ?? {}).join()}],` : `${name},`;
  }
  return shape;
}

/** Whether the values have exactly these names, in this order, and none is a list. */
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

function paramsFor<Values extends object>(values: Values): Params<Values> {
  const paramsOf = (holder: object, reach: Read): object =>
    Object.fromEntries(
      Object.entries(holder)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => {
          const read = memberOf(reach, name);
          return [name, isRows(value) ? value.map((row, n) => paramsOf(row, memberOf(read, n))) : new Param(read)];
        }),
    );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object is built name by name, without its type
  return paramsOf(values, (given) => given) as Params<Values>;
}

function memberOf(holder: Read, key: string | number): Read {
  return (values): unknown => Reflect.get(Object(holder(values)), key);
}
