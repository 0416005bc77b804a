import { type Digest, withHashHeader } from '../header.ts'
import { toBlockYaml } from './to-block-yaml.ts'

/** A YAML document with the modeline for editors, the header, and the value. */
export function toYaml(value: unknown, { digest, schema, source }: { digest: Digest; schema: string; source: string }): string {
  return `# yaml-language-server: $schema=${schema}\n${withHashHeader(source, toBlockYaml(value), digest)}`
}
