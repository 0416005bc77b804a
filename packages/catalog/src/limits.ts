/**
 * What one file may hold. Checked before the text is parsed: the cost of parsing grows with the square of some of
 * these, and too deep a text would end the program.
 */
export const limits = {
  sizeBytes: 1_048_576,
  keysPerMap: 2_000,
  depth: 64,
  aliases: 100,
  /** Values, keys and punctuation together. Two thousand small services fit; a file at the limit takes about a third of a second. */
  tokens: 60_000,
  /** Values that aliases stand for, all together. */
  aliasedValues: 20_000,
  /** Findings about the syntax of one file; a broken bracket can cause thousands. */
  syntaxFindings: 50,
} as const
