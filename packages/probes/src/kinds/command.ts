import { type ProbeKind, toTarget } from '../probe-kind.ts'

export interface CommandTarget {
  readonly command: readonly string[]
}

export const commandKind: ProbeKind<'command', CommandTarget> = {
  type: 'command',
  title: 'a command that ends well',
  needsNetwork: false,
  concurrency: 4,
  seesHang: true,
  suits: ['daemon', 'periodic', 'oneshot', 'container', 'network', 'external'],
  aim: ({ command }) => toTarget({ command }),
  // Arguments may be long and may be nobody's business; the program says what is asked.
  describe: ({ command }) => `run ${command[0]}`,
}
