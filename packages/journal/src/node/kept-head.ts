import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { soakHead, toFault } from '@sanctum/contracts'
import type { JournalHead } from '../journal-row.ts'
import { createPrivateFile } from './create-file.ts'

export type KeptHead = { readonly kind: 'none' } | { readonly kind: 'kept'; readonly head: JournalHead } | { readonly kind: 'unreadable' }

/** An empty file is none: that is what a kill leaves which hits between its making and its first words. */
export function readKeptHead(path: string): KeptHead {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'none' }
    throw toFault(error, 'reading', path)
  }
  if (text === '') return { kind: 'none' }
  try {
    return { kind: 'kept', head: soakHead.parse(JSON.parse(text)).head }
  } catch {
    return { kind: 'unreadable' }
  }
}

/** Always as long, so that one write replaces all of it, and less than a sector, so that no power cut leaves a half. */
const LENGTH = 160

/**
 * Notes the head of a journal whose rows are durable already. The note itself is not made durable: a power cut may leave an older one, with
 * which the longer journal agrees, and nobody waits for a second barrier.
 */
export function noteHead(path: string, head: JournalHead): void {
  createPrivateFile(path)
  const descriptor = openSync(path, 'r+')
  try {
    writeSync(descriptor, `${toHeadText(head).padEnd(LENGTH - 1)}\n`, 0)
  } finally {
    closeSync(descriptor)
  }
}

export function toHeadText(head: JournalHead): string {
  return JSON.stringify({ schema_version: 1, head })
}
