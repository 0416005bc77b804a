import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const programs = ['systemd-nspawn', 'debootstrap', 'nsenter', 'setpriv']

/** Why no machine can be booted here; null where it can. */
export function whyNotHere(environment: Readonly<Record<string, string | undefined>>): string | null {
  if (process.platform !== 'linux') return 'systemd runs on Linux only'
  if (process.getuid?.() !== 0) return 'only root may boot a machine with systemd-nspawn'
  if (!mayMount()) return 'this root has no CAP_SYS_ADMIN, so it can mount nothing'
  const folders = (environment['PATH'] ?? '').split(delimiter)
  const missing = programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))))
  return missing.length === 0 ? null : `${missing.join(', ')} is missing: apt-get install debootstrap systemd-container`
}

function mayMount(): boolean {
  const capabilities = /^CapEff:\t([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  return ((BigInt(`0x${capabilities}`) >> CAP_SYS_ADMIN) & 1n) === 1n
}

const CAP_SYS_ADMIN = 21n
