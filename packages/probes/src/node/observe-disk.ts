import { statfs } from 'node:fs/promises'
import type { Sight } from '../judge-answer.ts'
import { judgeDisk } from '../judge-resources.ts'
import type { DiskTarget } from '../kinds/disk.ts'
import type { ProbeOf } from '../probe-kind.ts'

export async function observeDisk(_probe: ProbeOf<'disk'>, target: DiskTarget): Promise<Sight> {
  const { blocks, bavail, bsize } = await statfs(target.path)
  return judgeDisk(target, { totalBytes: blocks * bsize, availableBytes: bavail * bsize })
}
