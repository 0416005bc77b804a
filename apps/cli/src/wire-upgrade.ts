import { realpathSync } from 'node:fs'
import { join, relative } from 'node:path'
import { openLock } from '@sanctum/journal/node'
import type { ProcessTable } from '@sanctum/supervisor/node'
import { upgradeLayout } from '@sanctum/upgrade'
import { createGit, createVersions, findInstallation, killGroup, openAside, runProgram } from '@sanctum/upgrade/node'
import type { UpgradePort } from './ports.ts'
import { here } from './wire-quick.ts'

interface UpgradeParts {
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly processes: ProcessTable
}

export function createUpgradePort({ home, environment, processes }: UpgradeParts): UpgradePort {
  return {
    installation: findInstallation(here),
    versions: createVersions(home),
    self: [process.execPath, join(here, 'sanctumctl.js')],
    findWithin: (folder, path) => {
      const inside = relative(realpathSync(folder), realpathSync(path))
      return inside === '' || inside.startsWith('..') ? null : inside
    },
    git: (checkout) => createGit(checkout, environment),
    forget: async () => undefined,
    run: runProgram,
    endGroup: ({ pid, start_time }) => {
      if (processes.startTime(pid) === start_time) killGroup(pid)
    },
    lock: async (waitMs) => {
      const acquisition = await openLock({ path: upgradeLayout(home).lock }).acquire({ waitMs })
      return acquisition.kind === 'held' ? acquisition : null
    },
  }
}

/** Looks and asks; what it has to fetch lies aside until it is forgotten. It builds nothing and moves nothing. */
export function readOnly(port: UpgradePort, environment: UpgradeParts['environment']): UpgradePort {
  const aside = openAside(environment)
  const no = () => {
    throw new Error('a dry run reached for a revision')
  }
  return {
    ...port,
    endGroup: no,
    lock: no,
    versions: { ...port.versions, clear: no, seal: no, remove: no, emptyTrash: no, sync: no, adopt: no },
    git: (checkout) => ({ ...aside.git(checkout), archive: no, follow: no, resume: no }),
    forget: aside.forget,
  }
}
