import type { TSchema } from 'typebox';

import { resemblingName } from './resembling-name.ts';
import type { Issue } from '../contract/error-meta.ts';

/** The fields of a request that its schema does not declare. */
export interface UnknownFields {
  /**
   * Fields that resemble a known one. The request is rejected, because a misspelled restriction would have no effect.
   */
  readonly misspelled: readonly Issue[];
  /** The paths of the other unknown fields. They are ignored, because clients of the published API send some. */
  readonly ignored: readonly string[];
}

/** The number of fields that are checked in one request. No client sends more by mistake. */
const unknownFieldsMax = 1000;

/** Creates the search for a schema. It descends into the objects and lists that the schema describes. */
export function createUnknownFieldSearch(schema: TSchema): (value: unknown) => UnknownFields {
  const shape = shapeOf(schema);
  return (value) => {
    const found: Found = { misspelled: [], ignored: [], count: 0 };
    search(value, { shape, path: [], found });
    return found;
  };
}

interface Found {
  readonly misspelled: Issue[];
  readonly ignored: string[];
  count: number;
}

/** What a schema declares: the fields of an object, or the items of a list. */
interface Shape {
  /** Empty if the object may have any names, for example the claims of a connection. */
  readonly fields: ReadonlyMap<string, Shape>;
  /** The items of a list, and the values of an object with arbitrary names. */
  readonly items: Shape | undefined;
}

function shapeOf(schema: unknown): Shape {
  if (!isRecord(schema)) return { fields: new Map(), items: undefined };
  const variants = [schema['anyOf'], schema['oneOf'], schema['allOf']].flatMap((list) =>
    Array.isArray(list) ? list.map(shapeOf) : [],
  );
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const own = Object.entries(properties).map(([name, inner]): [string, Shape] => [name, shapeOf(inner)]);
  const fields = new Map([...variants.flatMap((variant) => [...variant.fields]), ...own]);
  const patterns = isRecord(schema['patternProperties']) ? Object.values(schema['patternProperties']) : [];
  const [items] = [schema['items'], ...patterns].filter((inner) => inner !== undefined).map(shapeOf);
  return { fields, items: items ?? variants.find((variant) => variant.items !== undefined)?.items };
}

function search(value: unknown, { shape, path, found }: { shape: Shape; path: readonly string[]; found: Found }): void {
  if (typeof value !== 'object' || value === null || isOpaque(shape)) return;
  for (const [name, inner] of Object.entries(value)) {
    const known = shape.fields.size === 0 || Array.isArray(value) ? shape.items : shape.fields.get(name);
    if (known !== undefined) search(inner, { shape: known, path: [...path, name], found });
    else if (!Array.isArray(value) && found.count < unknownFieldsMax) addUnknown([...path, name], shape, found);
  }
}

// The schema declares nothing inside such a value, or it is a string or a number.
function isOpaque({ fields, items }: Shape): boolean {
  return fields.size === 0 && (items === undefined || isOpaque(items));
}

function addUnknown(path: readonly string[], { fields }: Shape, found: Found): void {
  found.count += 1;
  const resembling = resemblingName(path.at(-1) ?? '', fields.keys());
  if (resembling === undefined) {
    found.ignored.push(path.join('.'));
    return;
  }
  const message = `is not a field of this request. The field that it resembles is ${resembling}`;
  found.misspelled.push({ path: path.join('.'), code: 'misspelled_field', message });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
