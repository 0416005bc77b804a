import { type Check, countWords, type Finding } from '@sanctum/contracts'
import type { DoctorContext } from '../doctor-context.ts'
import { toFinding } from './to-finding.ts'

/** No pid file below this home names a process that is gone. */
export const checkPidFiles: Check<DoctorContext> = {
  id: 'pid-files',
  title: 'pid files',
  async run({ command: { ports }, inspect }) {
    const running = await (await inspect()).processes()
    if (running.length === 0) return { kind: 'could-not-check', reason: 'this system does not show its processes' }
    const folders = [ports.home, `${ports.home}/state`, `${ports.home}/run`]
    const found = await Promise.all(
      folders.map(async (folder) =>
        (await ports.files.listFolder(folder)).filter((name) => name.endsWith('.pid')).map((name) => `${folder}/${name}`),
      ),
    )
    const files = await Promise.all(found.flat().map(async (path) => ({ path, text: (await ports.files.readText(path)) ?? '' })))
    return {
      kind: 'ran',
      findings: judgePidFiles(files, new Set(running.map(({ pid }) => pid)), ports.files.toShown),
      proof: `${countWords(files.length, 'pid file')}, each of a process that runs`,
    }
  },
}

/** What holds no number is no pid file of ours to judge. */
export function judgePidFiles(
  files: readonly { readonly path: string; readonly text: string }[],
  running: ReadonlySet<number>,
  toShown: (path: string) => string = (path) => path,
): Finding[] {
  return files.flatMap(({ path, text }) => {
    const pid = Number(/^\s*([1-9]\d{0,9})\s*$/.exec(text)?.[1] ?? 0)
    if (pid === 0 || running.has(pid)) return []
    return [
      toFinding('PID_FILE_DEAD', {
        message: `${toShown(path)} names process ${pid}, which does not run`,
        subject: toShown(path),
        evidence: { expected: 'a process', observed: `no process ${pid}` },
        fix: { text: 'Remove it.', command: `rm ${toShown(path)}`, safe: true },
      }),
    ]
  })
}
