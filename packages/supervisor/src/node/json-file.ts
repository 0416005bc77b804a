import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { toFault } from '@sanctum/contracts'

/** What a schema of a document can do. */
export interface Form<Value> {
  safeParse(value: unknown): { readonly success: true; readonly data: Value } | { readonly success: false }
}

/** The document in a file; null if there is none, or none of this form. */
export function readJson<Value>(path: string, form: Form<Value>): Value | null {
  try {
    const parsed = form.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return parsed.success ? parsed.data : null
  } catch (error) {
    if (error instanceof SyntaxError || isMissing(error)) return null
    throw toFault(error, 'reading', path)
  }
}

/** All documents of a folder, by file name without `.json`. Files that are not of this form are left out. */
export function readJsonFolder<Value>(folder: string, form: Form<Value>): Map<string, Value> {
  const names = listFolder(folder).filter((name) => name.endsWith('.json') && !name.startsWith('.'))
  return new Map(
    names.flatMap((name) => {
      const value = readJson(join(folder, name), form)
      return value === null ? [] : [[basename(name, '.json'), value] as const]
    }),
  )
}

/**
 * Puts a document in place of the file as a whole, readable by the owner only. With `durable` it also outlives a power cut.
 * Throws a Fault.
 */
export function writeJson(path: string, value: unknown, { durable = false }: { readonly durable?: boolean } = {}): void {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeText(draft, `${JSON.stringify(value, null, 2)}\n`, durable)
    renameSync(draft, path)
    if (durable) syncFolder(dirname(path))
  } catch (error) {
    rmSync(draft, { force: true })
    throw toFault(error, 'writing', path)
  }
}

/**
 * Writes a document over the one that is there, which wants no room on a full disk. It is shorter than a sector, so that no cut leaves
 * half of it, and blanks keep the length. False where there is no file, or where it would grow beyond what it may.
 */
export function overwriteJson(path: string, value: unknown): boolean {
  let file: number
  try {
    file = openSync(path, 'r+')
  } catch {
    return false
  }
  try {
    const text = `${JSON.stringify(value)}\n`.padEnd(fstatSync(file).size)
    if (Buffer.byteLength(text) > SECTOR) return false
    writeSync(file, text, 0)
    fsyncSync(file)
    return true
  } catch {
    return false
  } finally {
    closeSync(file)
  }
}

const SECTOR = 512

/** Nothing to do where it is gone already. */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch (error) {
    throw toFault(error, 'removing', path)
  }
}

function writeText(path: string, text: string, durable: boolean): void {
  const file = openSync(path, 'w', 0o600)
  try {
    writeSync(file, text)
    if (durable) fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw toFault(error, 'reading', folder)
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
