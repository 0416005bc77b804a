import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const programs = ['unshare', 'mount', 'mkfs.ext4', 'mkfs.xfs']

/** Why the power of a real file system cannot be cut here; null where it can. */
export function whyNoCuts(environment: Readonly<Record<string, string | undefined>>): string | null {
  if (process.platform !== 'linux') return 'ext4 and XFS are file systems of Linux'
  if (process.getuid?.() !== 0) return 'only root may mount an image'
  const folders = (environment['PATH'] ?? '').split(delimiter)
  const missing = programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))))
  if (missing.length > 0) return `${missing.join(', ')} is missing: apt-get install e2fsprogs xfsprogs`
  if (!existsSync('/dev/loop-control')) return 'this machine has no loop devices'
  if (spawnSync('unshare', ['-m', 'true']).status !== 0) return 'this root has no CAP_SYS_ADMIN, so it can mount nothing'
  const known = readFileSync('/proc/filesystems', 'utf8')
  const unknown = ['ext4', 'xfs'].filter((name) => !new RegExp(`\\t${name}$`, 'm').test(known))
  return unknown.length === 0 ? null : `the kernel knows no ${unknown.join(' and no ')}`
}
