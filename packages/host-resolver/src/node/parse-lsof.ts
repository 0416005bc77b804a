import type { Listener } from '@sanctum/contracts'

/** Listeners from `lsof -nP -iTCP -sTCP:LISTEN -iUDP -F pgcPn`. Checked against output in the documented format; not yet run on a Mac. */
export function parseLsof(text: string): Listener[] {
  const listeners: Listener[] = []
  let owner: Pick<Listener, 'pid' | 'process_group' | 'program'> = { pid: null, process_group: null, program: null }
  let protocol: Listener['protocol'] | null = null
  const fields: Readonly<Record<string, (value: string) => void>> = {
    p: (value) => {
      owner = { pid: Number(value), process_group: null, program: null }
      protocol = null
    },
    g: (value) => {
      owner = { ...owner, process_group: Number(value) }
    },
    c: (value) => {
      owner = { ...owner, program: value }
    },
    P: (value) => {
      protocol = value === 'UDP' ? 'udp' : value === 'TCP' ? 'tcp' : null
    },
    n: (value) => {
      const found = /^([^>]*):(\d+)$/.exec(value)
      if (found && protocol) listeners.push({ protocol, address: toAddress(found[1] as string), port: Number(found[2]), ...owner })
    },
  }
  for (const line of text.split('\n')) fields[line[0] ?? '']?.(line.slice(1))
  return listeners
}

function toAddress(text: string): string {
  return text === '*' ? '0.0.0.0' : text.replace(/^\[(.*)\]$/, '$1')
}
