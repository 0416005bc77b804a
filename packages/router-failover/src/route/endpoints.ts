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
