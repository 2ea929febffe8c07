const redacted = '[redacted]';

// The symbol `inspect.custom` (nodejs.org/api/util.html#utilinspectcustom); `node:util` as an ES module takes 1 MiB.
const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

/**
 * A secret in memory. It cannot be printed, logged or serialized by accident: the result is always `[redacted]`. Only a
 * named method
 * returns the plain value.
 */
export class Secret {
  #value: string | (() => string);

  /** Takes a value, or a function that returns it: a sealed value is opened when it is first used. */
  constructor(value: string | (() => string)) {
    this.#value = value;
  }

  /** The plain value. A reviewer checks each caller. */
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
