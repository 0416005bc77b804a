import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bootMachine } from './boot-machine.ts'
import { buildRoot, cacheFolder } from './build-root.ts'
import { packProgram, sanctumctl } from './pack-program.ts'
import { whyNotHere } from './why-not-here.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Boots a machine, runs the given scripts of sh in it one after the other, and takes it down again. `sanctumctl` is the built program. */
async function runInside([user, ...scripts]: readonly string[]): Promise<number> {
  const why = whyNotHere(process.env)
  if (why !== null || (user !== 'root' && user !== 'operator') || scripts.length === 0) {
    console.error(why ?? "next: node tools/nspawn/run-inside.ts root|operator 'sanctumctl up' 'systemctl status' …")
    return why === null ? 64 : 69
  }
  const root = await buildRoot(cacheFolder(process.env), (line) => console.error(line))
  const folder = await mkdtemp(join(tmpdir(), 'sanctum-packed-'))
  const machine = await bootMachine({ root, binds: await packProgram(repository, folder) })
  try {
    let last = 0
    for (const script of scripts) {
      const { code, stdout, stderr } = await machine.run(user, ['sh', '-c', `sanctumctl() { ${sanctumctl.join(' ')} "$@"; }\n${script}`])
      process.stdout.write(stdout)
      process.stderr.write(stderr)
      last = code ?? 1
    }
    return last
  } finally {
    await machine.stop()
    await rm(folder, { recursive: true })
  }
}

process.exitCode = await runInside(process.argv.slice(2))
