/** What the code knows, gathered from it in each run by `tools/docs-facts`. Rules go by nothing else. */
export interface Facts {
  readonly commands: readonly CommandFacts[]
  /** Options of every command, and of those that write. */
  readonly globalFlags: readonly FlagFacts[]
  readonly writingFlags: readonly FlagFacts[]
  /** First words that only the launcher of a checkout knows, each with its long options. */
  readonly lanes: Readonly<Record<string, readonly string[]>>
  /** Roles of sanctumd, each with its long options. */
  readonly roles: Readonly<Record<string, readonly string[]>>
  readonly findingCodes: readonly string[]
  readonly faultCodes: readonly string[]
  readonly exitCodes: readonly number[]
  /** Names in capitals that stand in the code as text: variables of the environment and the like. */
  readonly capitals: readonly string[]
  /** Names with underscores: keys of schemas, fields of answers, metrics, keys of catalogs. */
  readonly names: readonly string[]
  /** JSON Schemas by kind of document. */
  readonly schemas: Readonly<Record<string, JsonSchema>>
  /** Patterns of the files that hold a kind of document. */
  readonly documents: Readonly<Record<string, readonly string[]>>
  readonly haeuser: readonly HausFacts[]
  readonly counts: readonly CountFacts[]
  /** Tracked files of the checkout. */
  readonly files: readonly string[]
  /** Pieces of paths below SANCTUM_HOME, as the code writes them. */
  readonly homePieces: readonly string[]
  /** Addresses of the example haus, and its networks with their mask; they may be shown. */
  readonly exampleAddresses: readonly string[]
  /** Files, and folders with a slash at the end, that a program writes. */
  readonly generated: readonly string[]
}

export interface CommandFacts {
  readonly path: readonly string[]
  readonly args: readonly string[]
  readonly flags: readonly FlagFacts[]
  readonly writes: boolean
}

export interface FlagFacts {
  /** `-f`, `--follow`. */
  readonly names: readonly string[]
  readonly takesValue: boolean
}

/** A checked-in catalog. */
export interface HausFacts {
  readonly name: string
  readonly services: readonly { readonly id: string; readonly label: string | null; readonly ports: readonly number[] }[]
}

/** How many there are of something. A page that says another number of them lies; numbers below `from` may be about some of them. */
export interface CountFacts {
  readonly noun: string
  readonly values: readonly number[]
  readonly from: number
}

export type JsonSchema = { readonly [key: string]: unknown }
