import { diffGenerations, planRollback, type WholeGeneration } from '@sanctum/generations'
import { type Answer, type CommandContext, Refused } from '../command.ts'
import { readNumber } from '../haus/read-number.ts'
import type { Generations } from '../ports.ts'
import { renderFileDiffs } from '../views/file-diffs.ts'

export async function run({ args, ports }: CommandContext): Promise<Answer> {
  const generations = ports.generations([])
  const [a, b] = args as [string, string]
  const diffs = diffGenerations(readWhole(generations, readNumber(a)), readWhole(generations, readNumber(b)))
  return {
    exit: diffs.length > 0 ? 'pending' : 'ok',
    data: { diffs },
    findings: [],
    view: (style) => (diffs.length === 0 ? 'the same files with the same content' : renderFileDiffs(diffs, style)),
  }
}

function readWhole(generations: Generations, number: number): WholeGeneration {
  const reading = generations.read(number)
  if (reading.kind === 'whole')
    return { document: reading.document, texts: new Map(reading.surfaces.map(({ path, content }) => [path, content])) }
  const refusal = planRollback(reading, { seen: generations.observe([]) })
  throw new Refused(refusal.kind === 'refused' ? refusal.findings : [])
}
