import { readdir, readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { HostFacts } from '@sanctum/contracts'
import type { Gathering } from './unread.ts'

/** Graphics processors that models may run on. Every Mac of our kind has Metal; on Linux the kernel's own lists are read. */
export function readGpu(gathering: Gathering): Promise<HostFacts['gpu']> {
  return gathering.read('gpu', process.platform === 'darwin' ? readMac : readLinux, { metal: false, names: [] })
}

/** On Apple silicon the processor carries the name of the whole chip. */
async function readMac(): Promise<HostFacts['gpu']> {
  const model = cpus()[0]?.model
  return { metal: true, names: process.arch === 'arm64' && model ? [model] : [] }
}

async function readLinux(): Promise<HostFacts['gpu']> {
  const [nvidia, cards] = await Promise.all([readNvidia(), readCards()])
  return { metal: false, names: [...new Set([...nvidia, ...cards])].sort() }
}

async function readNvidia(): Promise<string[]> {
  const root = '/proc/driver/nvidia/gpus'
  const texts = await Promise.all(
    (await readdir(root).catch(() => [])).map((gpu) => readFile(join(root, gpu, 'information'), 'utf8').catch(() => '')),
  )
  return texts.flatMap((text) => /^Model:\s*(.+)$/m.exec(text)?.[1]?.trim() ?? [])
}

const vendors: Readonly<Record<string, string>> = { '0x1002': 'AMD GPU', '0x8086': 'Intel GPU' }

async function readCards(): Promise<string[]> {
  const root = '/sys/class/drm'
  const cards = (await readdir(root).catch(() => [])).filter((name) => /^card\d+$/.test(name))
  const ids = await Promise.all(cards.map((card) => readFile(join(root, card, 'device/vendor'), 'utf8').catch(() => '')))
  return ids.flatMap((id) => vendors[id.trim()] ?? [])
}
