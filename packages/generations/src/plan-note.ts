import type { Step } from '@sanctum/contracts'
import { besideOf, type HomeLayout } from './home-layout.ts'

/** The steps that write a note into the state folder so that it is durable before anything that follows; the old note or the new one. */
export function planNote(layout: HomeLayout, path: string, document: unknown): Step[] {
  const beside = besideOf(path)
  return [
    { do: 'make-directory', path: layout.home, mode: '0700' },
    { do: 'make-directory', path: layout.state, mode: '0700' },
    { do: 'sync-directory', path: layout.home },
    { do: 'write', path: beside, mode: '0600', content: toJson(document) },
    { do: 'sync-files', paths: [beside] },
    { do: 'rename', from: beside, to: path },
    { do: 'sync-directory', path: layout.state },
  ]
}

export function toJson(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

/** The steps that write what may be lost: whole or not at all while the machine runs, and of no promise after a power cut. */
export function planJot(path: string, content: string): Step[] {
  const beside = besideOf(path)
  return [
    { do: 'remove-file', path: beside },
    { do: 'write', path: beside, mode: '0600', content },
    { do: 'rename', from: beside, to: path },
  ]
}
