import { stringify } from 'yaml'
import { type Digest, withHashHeader } from '../header.ts'

/** A YAML document with the modeline for editors, the header, and the value. */
export function toYaml(value: unknown, { digest, schema, source }: { digest: Digest; schema: string; source: string }): string {
  // Block scalars cannot hold every text, such as one that ends in blank lines or starts with a tab; quotes can.
  const body = stringify(value, { blockQuote: false, lineWidth: 0, aliasDuplicateObjects: false })
  return `# yaml-language-server: $schema=${schema}\n${withHashHeader(source, body, digest)}`
}
