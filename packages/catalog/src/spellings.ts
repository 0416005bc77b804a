/** Old ids of services and what they are called now. Any other underscore becomes a hyphen. */
const renamedServices: ReadonlyMap<string, string> = new Map([
  ['xtts', 'qwen3-tts'],
  ['xtts_server', 'qwen3-tts'],
  ['xtts-server', 'qwen3-tts'],
  ['mlx_server', 'council-mlx'],
  ['mlx-server', 'council-mlx'],
  ['openclaw_gateway', 'openclaw-gateway'],
])

/** Today's spelling of a name, or null if it has it already or is no name in any spelling. */
export function toNewName(text: string, kind: 'service' | 'other'): string | null {
  if (text.length > 64) return null
  const renamed = kind === 'service' ? renamedServices.get(text) : undefined
  if (renamed !== undefined) return renamed
  return text.includes('_') && /^[a-z][a-z0-9]*([_-][a-z0-9]+)*$/.test(text) ? text.replaceAll('_', '-') : null
}

/** Keys of a service that were called differently. */
export const renamedServiceKeys: readonly (readonly [string, string])[] = [
  ['launchagent', 'label'],
  ['default', 'default_backend'],
]

/** Keys of a node that were called differently. */
export const renamedNodeKeys: readonly (readonly [string, string])[] = [['ssh_user', 'user']]

/** The service that holds the router's backends, which once stood at the top of a document. */
export const routingService = 'sanctum-server'

/** Keys of a remediation that once held a command line; now an action. */
export const restartCommandKeys = ['restart_cmd', 'restart_command'] as const
