import { scrub } from '@sanctum/contracts'

/** True for a name that people give to what must stay secret, such as OPENAI_API_KEY. */
export function isSecretName(name: string): boolean {
  return (
    /(?:^|_)(?:api_?key|key|token|secret|passw(?:or)?d|passphrase|credentials?)s?$/i.test(name) &&
    !/(?:_file|_path|public_key)$/i.test(name)
  )
}

/** True for a text that is a known secret or has the shape of one. */
export function isSecretText(text: string): boolean {
  return scrub(text) !== text
}
