import * as z from 'zod'

/** What a value may be: one of these words, or the kind of name that it is; both null where it is free. */
const choice = { one_of: z.array(z.string()).nullable(), names: z.string().nullable() }

const argument = z.strictObject({
  name: z.string(),
  required: z.boolean(),
  repeats: z.boolean(),
  meaning: z.string(),
  ...choice,
})

const option = z.strictObject({
  /** As it is typed, such as `--lines`. */
  name: z.string(),
  short: z.string().nullable(),
  /** What its value is called; null for a switch. */
  value: z.string().nullable(),
  repeats: z.boolean(),
  meaning: z.string(),
  ...choice,
})

const command = z.strictObject({
  /** The words after the program's name. */
  command: z.string(),
  summary: z.string(),
  arguments: z.array(argument),
  /** Those of every command stand once, under `global_options`. */
  options: z.array(option),
  /** It may change the machine, and takes `--dry-run` and `--yes`. */
  writes: z.boolean(),
  passes_on: z.boolean().describe('It runs a program of the caller, and ends with whatever code that program ends with.'),
  /** The codes that it may end with. */
  exit_codes: z.array(z.int()),
  /** The file of the JSON Schema of its answer, under `schemas/` of `@sanctum/contracts`; `commands <words> --schema` prints it. */
  schema: z.string(),
  examples: z.array(z.string()),
})

export const commandsOutput = z.union([
  z.strictObject({
    version: z.string(),
    commands: z.array(command),
    global_options: z.array(option),
    exit_codes: z.array(z.strictObject({ code: z.int(), name: z.string(), meaning: z.string() })),
  }),
  /** A JSON Schema, whose form its own `$schema` names. */
  z.strictObject({ schema: z.looseObject({ $schema: z.string() }) }),
])
