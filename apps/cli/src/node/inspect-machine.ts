import { execFile } from 'node:child_process'
import { access, constants, readdir, readFile, stat, statfs } from 'node:fs/promises'
import { request } from 'node:http'
import { freemem, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { InspectPort, LocalAnswer, RunningProcess } from '../ports.ts'
import { isAbsent } from './text-files.ts'

const MB = 1024 * 1024
const MAX_BODY_BYTES = 4 * MB
const start = promisify(execFile)

interface OwnProgram {
  readonly program: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What another process reads; null where it could not be asked, or gave no answer. */
async function eventsElsewhere({ program, environment }: OwnProgram, kind: string, longestMs: number): Promise<string | null> {
  try {
    const words = [program, 'events', '--kind', kind, '--limit', '20', '--json']
    return (await start(process.execPath, words, { env: environment as NodeJS.ProcessEnv, timeout: longestMs })).stdout
  } catch {
    return null
  }
}

/** The looks of a thorough doctor. */
export function createInspection(own: OwnProgram): InspectPort {
  return {
    eventsElsewhere: (kind, longestMs) => eventsElsewhere(own, kind, longestMs),
    disk,
    memory,
    owner,
    account,
    mayWriteFile,
    residentBytes,
    processes,
    ask,
  }
}

const disk: InspectPort['disk'] = async (path) => {
  try {
    const [{ bsize, blocks, bavail, bfree }, { dev }] = await Promise.all([statfs(path), stat(path)])
    // What is kept back for root is neither free nor used for whoever asks, as `df` has it.
    return { id: String(dev), totalMb: ((blocks - bfree + bavail) * bsize) / MB, freeMb: (bavail * bsize) / MB }
  } catch (error) {
    if (isAbsent(error)) return null
    throw error
  }
}

/** Free memory alone says little: what caches hold is available too, and only the system knows how much of it. */
const memory: InspectPort['memory'] = async () => {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1]
  if (available !== undefined) return { totalMb: totalmem() / MB, availableMb: Number(available) / 1024 }
  return process.platform === 'darwin' ? null : { totalMb: totalmem() / MB, availableMb: freemem() / MB }
}

const owner: InspectPort['owner'] = async (path) => {
  try {
    const { uid, gid, mode } = await stat(path)
    return { uid, gid, mode: mode & 0o7777 }
  } catch (error) {
    if (isAbsent(error)) return null
    throw error
  }
}

const account: InspectPort['account'] = async (name) => {
  try {
    const [uid, groups] = await Promise.all([start('id', ['-u', '--', name]), start('id', ['-G', '--', name])])
    return { uid: Number(uid.stdout), groups: groups.stdout.trim().split(/\s+/).map(Number) }
  } catch {
    return null
  }
}

const residentBytes: InspectPort['residentBytes'] = async (pid) => {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1]
  if (kb !== undefined) return Number(kb) * 1024
  const told = await start('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => null)
  const fromPs = Number(told?.stdout.trim() || Number.NaN)
  return Number.isFinite(fromPs) ? fromPs * 1024 : null
}

const mayWriteFile: InspectPort['mayWriteFile'] = async (path) => {
  try {
    await access(path, constants.W_OK)
    return true
  } catch (error) {
    return isAbsent(error) && dirname(path) !== path ? mayWriteFile(dirname(path)) : false
  }
}

const processes: InspectPort['processes'] = async () => {
  const pids = await readdir('/proc').catch(() => [])
  const seen = await Promise.all(pids.filter((name) => /^\d+$/.test(name)).map(readProcess))
  return seen.filter((process) => process !== null)
}

async function readProcess(pid: string): Promise<RunningProcess | null> {
  try {
    const folder = `/proc/${pid}`
    const [text, words, { uid }] = await Promise.all([
      readFile(`${folder}/stat`, 'utf8'),
      readFile(`${folder}/cmdline`, 'utf8'),
      stat(folder),
    ])
    // The name in brackets may hold anything, a bracket too; what counts comes after the last one.
    const [, parent, group] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { pid: Number(pid), parent: Number(parent), group: Number(group), uid, words: words.split('\0').slice(0, -1) }
  } catch {
    return null
  }
}

/** A deadline for the whole answer, and a body that cannot grow without end. */
const ask: InspectPort['ask'] = (url, longestMs) =>
  new Promise<LocalAnswer>((resolve) => {
    const signal = AbortSignal.timeout(longestMs)
    const silent = (error: Error) =>
      resolve({
        kind: 'silent',
        why: signal.aborted ? `no answer within ${longestMs} ms` : ((error as NodeJS.ErrnoException).code ?? error.message),
      })
    const asked = request(url, { signal, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('error', silent)
      response.on('data', (part: string) => {
        body += part
        if (body.length > MAX_BODY_BYTES) response.destroy(new Error('the answer is larger than 4 MiB'))
      })
      response.on('end', () => resolve({ kind: 'answered', status: response.statusCode ?? 0, body }))
    })
    asked.on('error', silent).end()
  })
