import { registerSecret } from './scrub.ts'

const values = new WeakMap<Secret, string>()

/**
 * A secret value that cannot be printed by accident: as text, as JSON and under a debugger it is `[secret:id]`.
 * Making one also teaches the scrubber its value.
 */
export class Secret {
  readonly id: string

  constructor(id: string, value: string) {
    this.id = id
    values.set(this, value)
    registerSecret(id, value)
  }

  /** The value itself; call it only where the secret is used. */
  reveal(): string {
    return values.get(this) as string
  }

  toString(): string {
    return `[secret:${this.id}]`
  }

  toJSON(): string {
    return this.toString()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
