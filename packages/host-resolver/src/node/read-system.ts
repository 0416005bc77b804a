import { readFile } from 'node:fs/promises'
import { type as kernelName, release } from 'node:os'
import type { HostFacts } from '@sanctum/contracts'
import { runBriefly } from './run-briefly.ts'
import type { Gathering } from './unread.ts'

/** Name and version of the operating system as it calls itself. */
export function readSystem(gathering: Gathering, env: NodeJS.ProcessEnv): Promise<HostFacts['os']> {
  const family = process.platform === 'darwin' ? 'darwin' : 'linux'
  const fallback = { family, name: family === 'darwin' ? 'macOS' : kernelName(), version: release() } as const
  const readers = { darwin: () => readMac(gathering, env), linux: async () => parseOsRelease(await readFile('/etc/os-release', 'utf8')) }
  return gathering.read('os', async () => ({ family, ...(await readers[family]()) }), fallback)
}

export function parseOsRelease(text: string): { name: string; version: string } {
  const values = new Map(
    text.split('\n').flatMap((line) => {
      const found = /^([A-Z_]+)=(?:"(.*)"|'(.*)'|(.*))$/.exec(line.trim())
      return found ? [[found[1] as string, found[2] ?? found[3] ?? found[4] ?? '']] : []
    }) as [string, string][],
  )
  return {
    name: values.get('NAME') ?? values.get('ID') ?? 'Linux',
    version: values.get('VERSION_ID') ?? values.get('BUILD_ID') ?? 'rolling',
  }
}

async function readMac(gathering: Gathering, env: NodeJS.ProcessEnv): Promise<{ name: string; version: string }> {
  const run = await runBriefly('/usr/bin/sw_vers', ['-productVersion'], { deadlineMs: gathering.remainingMs(), env })
  if (run.kind !== 'ended' || run.stdout.trim() === '') throw new Error('sw_vers did not answer')
  return { name: 'macOS', version: run.stdout.trim() }
}
