import { compareText } from '@sanctum/contracts'

/** A plain file in an archive. */
export interface TarEntry {
  /** With `/` between folders. */
  readonly path: string
  readonly isExecutable: boolean
  readonly content: Uint8Array
}

const BLOCK = 512
/** 1985-10-26T08:15:00Z: what npm itself writes, since some systems take no file for one of 1970. */
const MTIME_S = 499_162_500
const LONGEST_NAME = 100
const LONGEST_PREFIX = 155

/** An archive in the form of ustar that holds nothing of the machine on which it was made: no owner, one time, one order. */
export function renderTar(entries: readonly TarEntry[]): Uint8Array {
  const sorted = [...entries].sort((a, b) => compareText(a.path, b.path))
  const parts = sorted.flatMap((entry) => [renderHeader(entry), entry.content, new Uint8Array(-entry.content.length & (BLOCK - 1))])
  return concat([...parts, new Uint8Array(2 * BLOCK)])
}

/** Plain files of an archive. An error where a header is damaged, or where it holds anything but files and folders. */
export function parseTar(archive: Uint8Array): readonly TarEntry[] {
  const entries: TarEntry[] = []
  let longPath: string | null = null
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK)
    if (header.every((byte) => byte === 0)) break
    if (readNumber(header, 148, 8) !== sumOf(header)) throw new Error(`the archive is damaged at byte ${at}`)
    const size = readNumber(header, 124, 12)
    const content = archive.slice(at + BLOCK, at + BLOCK + size)
    if (content.length !== size) throw new Error('the archive was cut off')
    const kind = String.fromCharCode(header[156] ?? 0)
    const path =
      longPath ?? [readText(header, 345, LONGEST_PREFIX), readText(header, 0, LONGEST_NAME)].filter((part) => part !== '').join('/')
    longPath = kind === 'x' ? readPaxPath(content) : null
    if (kind === '0' || kind === '\0') entries.push({ path, isExecutable: (readNumber(header, 100, 8) & 0o100) !== 0, content })
    else if (!['x', 'g', '5'].includes(kind)) throw new Error(`${path} in the archive is no plain file`)
    at += BLOCK + size + (-size & (BLOCK - 1))
  }
  return entries
}

function renderHeader({ path, isExecutable, content }: TarEntry): Uint8Array {
  const header = new Uint8Array(BLOCK)
  const { prefix, name } = splitPath(path)
  writeText(header, 0, name)
  writeNumber(header, 100, 8, isExecutable ? 0o755 : 0o644)
  writeNumber(header, 108, 8, 0)
  writeNumber(header, 116, 8, 0)
  writeNumber(header, 124, 12, content.length)
  writeNumber(header, 136, 12, MTIME_S)
  writeText(header, 156, '0')
  writeText(header, 257, 'ustar\u000000')
  writeText(header, 345, prefix)
  writeText(header, 148, `${sumOf(header).toString(8).padStart(6, '0')}\0 `)
  return header
}

function splitPath(path: string): { readonly prefix: string; readonly name: string } {
  if (new TextEncoder().encode(path).length !== path.length) throw new Error(`${path} is no plain name`)
  if (path.length <= LONGEST_NAME) return { prefix: '', name: path }
  const slash = path.indexOf('/', path.length - LONGEST_NAME - 1)
  if (slash <= 0 || slash > LONGEST_PREFIX) throw new Error(`${path} is too long for an archive`)
  return { prefix: path.slice(0, slash), name: path.slice(slash + 1) }
}

/** Of the header with blanks in place of the sum itself. */
function sumOf(header: Uint8Array): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0)
}

function writeText(header: Uint8Array, at: number, text: string): void {
  header.set(new TextEncoder().encode(text), at)
}

function writeNumber(header: Uint8Array, at: number, width: number, value: number): void {
  writeText(header, at, `${value.toString(8).padStart(width - 1, '0')}\0`)
}

function readText(header: Uint8Array, at: number, width: number): string {
  const text = new TextDecoder().decode(header.subarray(at, at + width))
  const end = text.indexOf('\0')
  return end === -1 ? text : text.slice(0, end)
}

function readNumber(header: Uint8Array, at: number, width: number): number {
  return Number.parseInt(readText(header, at, width).trim() || '0', 8)
}

function readPaxPath(content: Uint8Array): string | null {
  return /^\d+ path=(.*)$/m.exec(new TextDecoder().decode(content))?.[1] ?? null
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
