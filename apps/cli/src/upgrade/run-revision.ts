import type { ProgramEnd } from '@sanctum/upgrade/node'
import type { Ports } from '../ports.ts'
import { type ForeignAnswer, type ForeignFinding, readAnswer } from './read-answer.ts'

/** How a program of a revision ended, and the document that it printed; null where it printed none. */
export interface RevisionEnd {
  readonly end: ProgramEnd
  readonly answer: ForeignAnswer | null
}

export function toRevisionEnd(end: ProgramEnd): RevisionEnd {
  return { end, answer: end.kind === 'ended' ? readAnswer(end.stdout) : null }
}

/** Why it did not come to what was asked, in a sentence. */
export function describeRevisionEnd({ end, answer }: RevisionEnd): string {
  if (end.kind === 'absent') return end.why
  if (end.kind !== 'ended') return end.kind === 'stopped' ? 'it was told to stop' : `no end within its deadline${describeTail(end.tail)}`
  const said = [...(answer?.errors ?? []), ...toErrors(answer).map(({ code, message }) => `${code}: ${message}`)]
  if (said.length > 0) return said.slice(0, 3).join('; ')
  return `it ended with ${end.code ?? 'a signal'}${describeTail(end.tail)}`
}

/** What stops it: errors that nobody waived. */
export function toErrors(answer: ForeignAnswer | null): readonly ForeignFinding[] {
  return (answer?.findings ?? []).filter(({ severity, isWaived }) => severity === 'error' && !isWaived)
}

function describeTail(tail: readonly string[]): string {
  return tail.length === 0 ? '' : `: ${tail.slice(-3).join(' ').slice(0, 400)}`
}

/** For a program of another revision: all that the caller has, and which home is meant. */
export function asEnvironment({ environment, home }: Pick<Ports, 'environment' | 'home'>): Readonly<Record<string, string | undefined>> {
  return { ...environment, SANCTUM_HOME: home, NO_COLOR: '1', FORCE_COLOR: undefined }
}
