import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** A process that carries the marks of a supervised unit and leads its own session. */
export interface MarkedProcess {
  readonly pid: number
  readonly startTime: string
  readonly home: string
  readonly service: string
  readonly incarnation: string
}

export interface SessionMember {
  readonly pid: number
  readonly group: number
}

/**
 * What the kernel says of processes. A process that has ended but was not yet collected by its parent counts as gone. Everything is
 * read at once and without waiting, so that what is read and what is then done lie as close together as they can.
 */
export interface ProcessTable {
  /** Another text after each start of the machine. */
  bootId(): string
  /** The start time of a process as the kernel tells it, null if there is none: with the pid it names one process and no other. */
  startTime(pid: number): string | null
  /** Processes of the session that this process leads or led, itself included, and their process groups. */
  session(pid: number): readonly SessionMember[]
  marked(): readonly MarkedProcess[]
}

/** The environment by which a supervisor knows its children again. */
export const marks = { service: 'SANCTUM_UNIT', incarnation: 'SANCTUM_INCARNATION', home: 'SANCTUM_UNIT_HOME' } as const

/** The process table of this machine. */
export function createProcessTable(platform: NodeJS.Platform = process.platform): ProcessTable {
  return platform === 'darwin' ? darwinTable : linuxTable
}

const linuxTable: ProcessTable = {
  bootId: () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  startTime: (pid) => readStat(pid)?.startTime ?? null,
  session: (leader) =>
    readPids().flatMap((pid) => {
      const stat = readStat(pid)
      return stat?.session === leader ? [{ pid, group: stat.group }] : []
    }),
  marked: () => readPids().flatMap((pid) => readMarked(pid) ?? []),
}

interface Stat {
  readonly group: number
  readonly session: number
  readonly startTime: string
}

function readPids(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
}

function readStat(pid: number): Stat | null {
  const text = readProc(pid, 'stat')
  if (text === null) return null
  // The name in parentheses may itself hold spaces and parentheses; the fields begin after the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, group, session, startTime] = [fields[0], fields[2], fields[3], fields[19]]
  if (state === 'Z' || state === 'X' || session === undefined || startTime === undefined) return null
  return { group: Number(group), session: Number(session), startTime }
}

function readMarked(pid: number): MarkedProcess | null {
  const stat = readStat(pid)
  if (stat === null || stat.session !== pid) return null
  const environment = new Map(readProc(pid, 'environ')?.split('\0').map(toPair))
  return toMarked(pid, stat.startTime, environment)
}

function readProc(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return null
  }
}

function toPair(line: string): [string, string] {
  const at = line.indexOf('=')
  return [line.slice(0, at), line.slice(at + 1)]
}

function toMarked(pid: number, startTime: string, environment: ReadonlyMap<string, string>): MarkedProcess | null {
  const [home, service, incarnation] = [marks.home, marks.service, marks.incarnation].map((name) => environment.get(name))
  return home && service && incarnation ? { pid, startTime, home, service, incarnation } : null
}

/** Untested on a Mac: written after the manual of ps(1), checked only against output in the documented format. */
const darwinTable: ProcessTable = {
  bootId: () => runText('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']).trim(),
  startTime: (pid) => parsePs(runText('/bin/ps', ['-o', 'pid=,pgid=,stat=,lstart=', '-p', String(pid)]))[0]?.startTime ?? null,
  // ps of macOS prints 0 for every session, so the process group stands for it: a new session begins with one of its own.
  session: (leader) =>
    parsePs(runText('/bin/ps', ['-A', '-o', 'pid=,pgid=,stat=,lstart='])).flatMap((row) =>
      row.group === leader ? [{ pid: row.pid, group: row.group }] : [],
    ),
  marked: () =>
    parsePs(runText('/bin/ps', ['-A', '-E', '-o', 'pid=,pgid=,stat=,lstart=,command='])).flatMap((row) => {
      const environment = new Map(row.rest.split(' ').map(toPair))
      return row.pid === row.group ? (toMarked(row.pid, row.startTime, environment) ?? []) : []
    }),
}

export interface PsRow {
  readonly pid: number
  readonly group: number
  readonly startTime: string
  readonly rest: string
}

/** Rows of `ps -o pid=,pgid=,stat=,lstart=[,command=]`, without those that only wait to be collected. */
export function parsePs(text: string): PsRow[] {
  return text.split('\n').flatMap((line) => {
    const found = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d{4})\s*(.*)$/.exec(line)
    const [, pid, group, state, startTime, rest] = found ?? []
    if (pid === undefined || group === undefined || startTime === undefined || state?.startsWith('Z')) return []
    return [{ pid: Number(pid), group: Number(group), startTime: startTime.replace(/\s+/g, ' '), rest: rest ?? '' }]
  })
}

function runText(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', env: { LC_ALL: 'C', TZ: 'UTC' }, stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return ''
  }
}
