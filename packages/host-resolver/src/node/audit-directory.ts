import { createReadStream } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { createInterface } from 'node:readline'
import { type Finding, hostCodes } from '@sanctum/contracts'
import { createLineAudit } from '../audit-text.ts'

/** Folders that others fill. */
const skippedFolders = new Set(['.git', '.hg', '.svn', 'node_modules'])
const SIZE_BYTES_AT_MOST = 4 * 1024 * 1024
/** A longer line is generated; no person wrote a path into it. */
const LINE_LENGTH_AT_MOST = 20_000

/**
 * The hardwired paths in all text files below a folder, one file after the other, in the order of their names. Symbolic links,
 * binary files and the folders of version control and packages are passed over; a text file over 4 MiB, or one that cannot be
 * read, is told as such. Paths of findings are relative to the folder.
 */
export async function* auditDirectory(folder: string): AsyncGenerator<Finding> {
  for await (const file of walk(folder)) yield* auditFile(file, relative(folder, file).split(sep).join('/') || file)
}

/** The same for files that somebody else listed, by their paths from the folder. What is gone meanwhile is passed over. */
export async function* auditFiles(folder: string, names: readonly string[]): AsyncGenerator<Finding> {
  for (const name of names) {
    const path = join(folder, name)
    const entry = await lstat(path).catch(() => null)
    if (entry?.isFile()) yield* auditFile(path, name)
  }
}

async function* walk(path: string): AsyncGenerator<string> {
  const entry = await lstat(path)
  if (entry.isFile()) yield path
  if (!entry.isDirectory()) return
  const names: string[] = []
  for await (const { name } of await opendir(path)) if (!skippedFolders.has(name)) names.push(name)
  for (const name of names.sort()) yield* walk(join(path, name))
}

async function* auditFile(path: string, name: string): AsyncGenerator<Finding> {
  try {
    const { size } = await lstat(path)
    if (size > SIZE_BYTES_AT_MOST) {
      if (!(await isBinary(path))) yield skipped(name, `it has ${Math.round(size / 2 ** 20)} MiB, more than the 4 that are read`)
      return
    }
    if (!(await isBinary(path))) yield* await auditLines(path, name)
  } catch (error) {
    yield skipped(name, `it cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`)
  }
}

/** Held until the file ends, since its comment may still say that it is to be left out. */
async function auditLines(path: string, name: string): Promise<Finding[]> {
  const audit = createLineAudit(name)
  const findings: Finding[] = []
  const stream = createReadStream(path, 'utf8')
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    findings.push(...audit.read(line.length > LINE_LENGTH_AT_MOST ? '' : line))
    if (!audit.isIgnored()) continue
    stream.destroy()
    return []
  }
  return findings
}

/** A NUL within the first 8 KiB, as git decides it. */
async function isBinary(path: string): Promise<boolean> {
  for await (const chunk of createReadStream(path, { end: 8191 })) if ((chunk as Buffer).includes(0)) return true
  return false
}

function skipped(file: string, why: string): Finding {
  return {
    code: 'AUDIT_FILE_SKIPPED',
    severity: hostCodes.AUDIT_FILE_SKIPPED.severity,
    message: `${file} was not audited: ${why}`,
    subject: file,
    fix: { text: 'Look into it by hand, or leave it out of the folder.' },
  }
}
