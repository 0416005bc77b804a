import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bootMachine, type Ended, type Machine, type User } from '../../../../tools/nspawn/boot-machine.ts'
import { buildRoot, cacheFolder } from '../../../../tools/nspawn/build-root.ts'
import { packProgram, sanctumctl } from '../../../../tools/nspawn/pack-program.ts'
import { repository } from './test-haus.ts'

/** One of the two managers of a machine with a real systemd, and the haus that it keeps. */
export interface SystemdHaus {
  readonly machine: Machine
  readonly user: User
  run(...args: readonly string[]): Promise<Ended>
  systemctl(...args: readonly string[]): Promise<Ended>
  sh(script: string): Promise<string>
  dispose(): Promise<void>
}

/** One for all machines that are booted here. */
let built: Promise<string> | undefined

/** Boots a machine whose home folders are bare. */
export async function createSystemdHaus(user: User): Promise<SystemdHaus> {
  built ??= buildRoot(cacheFolder(process.env), (line) => console.info(line))
  const root = await built
  const folder = await mkdtemp(join(tmpdir(), 'sanctum-packed-'))
  const machine = await bootMachine({ root, binds: await packProgram(repository, folder) })
  const scope = user === 'root' ? '--system' : '--user'
  return {
    machine,
    user,
    run: (...args) => machine.run(user, [...sanctumctl, ...args]),
    systemctl: (...args) => machine.run(user, ['systemctl', scope, '--no-pager', ...args]),
    sh: async (script) => {
      const { code, stdout, stderr } = await machine.run(user, ['sh', '-c', script])
      if (code !== 0) throw new Error(`sh ended with ${code}: ${script}\n${stderr}`)
      return stdout
    },
    dispose: async () => {
      await machine.stop()
      await rm(folder, { recursive: true })
    },
  }
}
