import type { CommandContext } from '../command.ts'

/** Where this machine keeps which keys it trusts, and the last release it did: outside of every release. */
export function trustFolder({ options, ports }: CommandContext): string {
  const asked = options['trust']
  return typeof asked === 'string' ? ports.files.toAbsolute(asked) : `${ports.home}/trust`
}
