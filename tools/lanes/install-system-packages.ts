import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type SystemPackage, systemPackages } from './system-packages.ts'

/** Installs what is missing where that is allowed. What stays missing is returned, each with the reason. */
export function installSystemPackages(say: (line: string) => void, packages: readonly SystemPackage[] = systemPackages): readonly string[] {
  const missing = packages.filter(isMissing)
  if (missing.length === 0) return []
  if (!hasProgram('apt-get')) return missing.map((one) => `${one.program} is missing: ${one.reason}. Install it, here there is no apt-get`)
  const command = `apt-get install -y --no-install-recommends ${missing.map((one) => one.debian).join(' ')}`
  if (process.getuid?.() !== 0) return missing.map((one) => `${one.program} is missing: ${one.reason}. Type: sudo ${command}`)
  say(`installing ${missing.map((one) => one.debian).join(', ')} …`)
  const failure = apt(['update']) ?? apt(command.split(' ').slice(1))
  return missing.filter(isMissing).map((one) => `${one.program} is missing: ${one.reason}. ${failure ?? `"${command}" did not bring it`}`)
}

function apt(args: readonly string[]): string | undefined {
  const { status, stderr } = spawnSync('apt-get', ['-qq', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  return status === 0 ? undefined : `apt-get ${args[0]} ended with ${status}: ${stderr.trim().split('\n').at(-1)}`
}

function isMissing({ program }: SystemPackage): boolean {
  return !hasProgram(program)
}

export function hasProgram(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
