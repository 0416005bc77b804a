import type { Listener } from '@sanctum/contracts'

/** A socket that waits for others, as the kernel lists it; the inode leads to its owner. */
export interface KernelSocket {
  readonly protocol: Listener['protocol']
  readonly address: string
  readonly port: number
  /** Of the user whose program it is. */
  readonly uid: number
  readonly inode: string
}

const LISTEN = '0A'
/** A datagram socket that is connected to nobody. */
const UNCONNECTED = '07'

/** The listening sockets of one of /proc/net/{tcp,tcp6,udp,udp6}. */
export function parseProcNet(text: string, protocol: Listener['protocol']): KernelSocket[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, , state, , , , uid, , inode] = line.trim().split(/\s+/)
      const [address, port] = local?.split(':') ?? []
      if (!address || !port || !inode || state !== (protocol === 'tcp' ? LISTEN : UNCONNECTED)) return []
      return [{ protocol, address: toAddress(address), port: Number.parseInt(port, 16), uid: Number(uid), inode }]
    })
}

/** The kernel writes addresses as words of four bytes in the order of the processor, the lowest first. */
function toAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)))
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255) return bytes.slice(12).join('.')
  const groups = Array.from({ length: 8 }, (_, index) => (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16))
  return compress(groups)
}

/** The longest run of zero groups becomes `::`. */
function compress(groups: readonly string[]): string {
  const runs = [...groups.join(':').matchAll(/(?:^|(?<=:))0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - a[0].length)
  const [longest] = runs
  if (!longest) return groups.join(':')
  const whole = groups.join(':')
  return `${whole.slice(0, longest.index)}::${whole.slice(longest.index + longest[0].length)}`.replace(/:{3,}/, '::')
}
