import type { Finding } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'

/** With less than this, nothing that a role notes finds room. */
const NOTHING_MB = 1

/** A finding where the home has no room left: a role that can note nothing does not say so, and its log is empty too. */
export async function findFullDisk({
  home,
  files,
  inspect,
}: Pick<Ports, 'home' | 'inspect'> & { readonly files: Pick<Ports['files'], 'toShown'> }): Promise<Finding[]> {
  const seen = await (await inspect()).disk(home)
  if (seen === null || seen.freeMb >= NOTHING_MB) return []
  const shown = files.toShown(home)
  return [
    {
      code: 'DISK_FULL',
      severity: 'error',
      message: `the disk of ${shown} is full, so what was started can note nothing`,
      subject: shown,
      evidence: { expected: 'some room', observed: `${Math.floor(seen.freeMb * 1024)} kB of ${Math.round(seen.totalMb)} MB are left` },
      fix: {
        text: 'Free some space, then run the same command again. See what takes the room.',
        command: `du -xh --max-depth=2 ${shown} | sort -h | tail`,
        safe: true,
      },
    },
  ]
}
