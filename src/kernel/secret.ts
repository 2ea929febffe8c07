const redacted = '[redacted]';

// What `inspect.custom` is (nodejs.org/api/util.html#utilinspectcustom); `node:util` as an ES module takes 1 MiB.
const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

/**
 * A secret in memory. It cannot be printed, logged or serialised by accident: every such way yields `[redacted]`,
 * and the plain value is only had by asking for it by name.
 */
export class Secret {
  #value: string | (() => string);

  /** Takes a value at hand, or how to come by it: what is sealed is opened when it is first asked for. */
  constructor(value: string | (() => string)) {
    this.#value = value;
  }

  /** The plain value. Each caller is a place that a reviewer looks at. */
  expose(): string {
    if (typeof this.#value === 'function') this.#value = this.#value();
    return this.#value;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [inspectCustom](): string {
    return redacted;
  }
}
