import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Incident, Proof } from './incident-wall/incident.ts'
import type { ProofVerdict } from './incident-wall/judge-proof.ts'
import { runProofs } from './incident-wall/run-proofs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/**
 * Switches off the guard of every proof of the wall, or of the incidents with these numbers, and prints what its test then says. One test
 * that does not fail fails the run. With --table FILE the incidents of another module are taken.
 */
async function proveIncidentWall(words: readonly string[]): Promise<void> {
  const [table, numbers] = words[0] === '--table' ? [words[1] ?? '', words.slice(2)] : ['', words]
  const url = table === '' ? new URL('incident-wall/incidents.ts', import.meta.url) : pathToFileURL(table)
  const { incidents }: { incidents: readonly Incident[] } = await import(url.href)
  const chosen = incidents.filter(({ number }) => numbers.length === 0 || numbers.includes(String(number)))
  if (chosen.length === 0) {
    console.error(`incident-wall: no incident has the number ${numbers.join(' or ')}\n  next: leave the numbers out`)
    process.exit(64)
  }
  const proofs = chosen.flatMap(({ outcome }) => (outcome.kind === 'reproduced' ? outcome.proofs : []))
  const verdicts = new Map(zip(proofs, await runProofs(root, proofs)))
  console.log('| incident | outcome | guard switched off | its test then says | verdict |\n|---|---|---|---|---|')
  for (const incident of chosen) for (const row of toRows(incident, verdicts)) console.log(`| ${row.map(toCell).join(' | ')} |`)
  const count = (kind: Incident['outcome']['kind']) => chosen.filter(({ outcome }) => outcome.kind === kind).length
  const not = [...verdicts.values()].filter(({ kind }) => kind !== 'red').length
  console.log(`${count('reproduced')} reproduced, ${count('by-design')} by design, ${count('waits')} wait for a later subsystem`)
  console.log(`${proofs.length} guards switched off, ${not} of them not noticed as they should`)
  process.exitCode = not === 0 ? 0 : 1
}

function toRows({ number, title, outcome }: Incident, verdicts: ReadonlyMap<Proof, ProofVerdict>): string[][] {
  const name = `${number} ${title}`
  if (outcome.kind === 'by-design') return [[name, 'by design', '-', outcome.why, '-']]
  if (outcome.kind === 'waits') return [[name, `waits for ${outcome.subsystem}`, '-', outcome.why, '-']]
  return outcome.proofs.map((proof) => {
    const { kind, why } = verdicts.get(proof) as ProofVerdict
    return [name, 'reproduced', `${proof.guard.what} (${proof.guard.file})`, why, kind]
  })
}

function zip<A, B>(as: readonly A[], bs: readonly B[]): [A, B][] {
  return as.map((a, index) => [a, bs[index] as B])
}

function toCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

await proveIncidentWall(process.argv.slice(2))
