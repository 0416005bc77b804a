import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { promisify } from 'node:util'
import type { Sight } from '../judge-answer.ts'
import { judgeMemory, type MemorySight, parseMacMemory, parseMeminfo } from '../judge-resources.ts'
import type { MemoryTarget } from '../kinds/memory.ts'
import type { ProbeOf } from '../probe-kind.ts'

export async function observeMemory(_probe: ProbeOf<'memory'>, target: MemoryTarget, deadline: AbortSignal): Promise<Sight> {
  return judgeMemory(target, await (process.platform === 'darwin' ? readMac(deadline) : readLinux()))
}

async function readLinux(): Promise<MemorySight | null> {
  return parseMeminfo(await readFile('/proc/meminfo', 'utf8'))
}

/** Untested on a Mac; what its programs print is tested. */
async function readMac(signal: AbortSignal): Promise<MemorySight | null> {
  const run = promisify(execFile)
  const [vmStat, swap] = await Promise.all([
    run('/usr/bin/vm_stat', [], { signal }),
    run('/usr/sbin/sysctl', ['-n', 'vm.swapusage'], { signal }),
  ])
  return parseMacMemory(vmStat.stdout, swap.stdout, totalmem())
}
