/** The healthy answer: sixty words, so that whoever gets fewer is seen to. */
export const drillAnswer =
  'A house keeps its promise while the cellar floods, not while the sun shines. This answer walks from its first word to its last in sixty small steps, and whoever gets fewer was told a tale without an end. Count them, compare them, and believe a whole text only, because half of one sounds as friendly as all of it.'

export const drillWords: readonly string[] = drillAnswer.split(' ')

/** What the examiner asks; it names no person and no secret. */
export const drillQuestion = 'Say in exactly sixty words why only a whole answer is an answer.'

/** What can be asked of a drill server. An embedding holds the number of each word, so that a lost one is seen there too. */
export const drillEndpoints = ['chat/completions', 'completions', 'embeddings'] as const
export type DrillEndpoint = (typeof drillEndpoints)[number]

/** Model names that the drill servers report, whatever they were asked for. */
export const drillModels = { primary: 'drill-primary', fallback: 'drill-fallback' } as const
