import {
  type GenerationDocument,
  generationDocument,
  type IntentDocument,
  intentDocument,
  type PinsDocument,
  pinsDocument,
  type TrialDocument,
  trialDocument,
} from '@sanctum/contracts'
import type { FileSystem } from '../file-system.ts'
import type { HomeLayout } from '../home-layout.ts'
import type { PinsSight } from '../plan-pins.ts'
import type { Remains } from '../seen.ts'
import { isPlainPath } from '../surface-path.ts'
import { readText } from './read-home.ts'

/** Null where there is none that can be read as one. */
export function readDocument(fs: FileSystem, layout: HomeLayout, number: number): GenerationDocument | null {
  const document = readJson(fs, layout.document(number), generationDocument)
  return document?.number === number && document.surfaces.every(({ path }) => isPlainPath(path)) ? document : null
}

export function readIntent(fs: FileSystem, layout: HomeLayout): Remains['intent'] {
  if (fs.look(layout.intent).kind === 'absent') return { kind: 'none' }
  const intent: IntentDocument | null = readJson(fs, layout.intent, intentDocument)
  return intent === null ? { kind: 'unreadable' } : { kind: 'read', intent }
}

export function readTrial(fs: FileSystem, layout: HomeLayout): Remains['trial'] {
  if (fs.look(layout.trial).kind === 'absent') return { kind: 'none' }
  const trial: TrialDocument | null = readJson(fs, layout.trial, trialDocument)
  return trial === null ? { kind: 'unreadable' } : { kind: 'read', trial }
}

export function readPins(fs: FileSystem, layout: HomeLayout): PinsSight {
  if (fs.look(layout.pins).kind === 'absent') return { kind: 'none' }
  const document: PinsDocument | null = readJson(fs, layout.pins, pinsDocument)
  return document === null ? { kind: 'unreadable' } : { kind: 'read', document }
}

function readJson<T>(fs: FileSystem, path: string, schema: { parse(value: unknown): T }): T | null {
  const text = readText(fs, path)
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
