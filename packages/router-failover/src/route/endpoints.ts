/** What an OpenAI-compatible server is asked, by its path under the version. */
export const endpointNames = [
  'chat/completions',
  'completions',
  'responses',
  'embeddings',
  'audio/speech',
  'audio/transcriptions',
  'models',
] as const
export type Endpoint = (typeof endpointNames)[number]

/** The endpoints that a word may mean: its whole name, else a part of it, such as `chat` or `speech`; several where it says too little. */
export function findEndpoints(word: string): readonly Endpoint[] {
  const exact = endpointNames.filter((name) => name === word)
  return exact.length > 0 ? exact : endpointNames.filter((name) => name.split('/').includes(word))
}
