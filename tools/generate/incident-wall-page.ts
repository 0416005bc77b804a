import type { Incident, Outcome, Proof } from '../prove/incident-wall/incident.ts'
import { incidents } from '../prove/incident-wall/incidents.ts'
import { pageHead } from './page-head.ts'

/** Every incident of the reference haus, and the test that does it again or why there is none. */
export function renderIncidentWallPage(): string {
  const count = (kind: Outcome['kind']) => incidents.filter(({ outcome }) => outcome.kind === kind).length
  return [
    ...pageHead({
      title: 'The incident wall',
      description: 'What once went wrong in the reference haus, and the test that does each of it again.',
      source: 'tools/prove/incident-wall/incidents.ts',
    }),
    `What went wrong in the reference haus, ${incidents.length} times, and what stands against it here: ${count('reproduced')} are reproduced by a test`,
    `against the real code, ${count('by-design')} cannot happen by design, ${count('waits')} wait for the subsystem that they belong to.`,
    '',
    'Each test is proven to notice: a program switches the guard off, by changing the very text of the mechanism while it is loaded, runs the',
    'test, and fails where the test stays green, or fails for another reason than what it asserts:',
    '',
    '```text',
    './tools/sanctumctl dev node --conditions=@sanctum/source tools/prove/incident-wall.ts [NUMBER …]',
    '```',
    '',
    ...incidents.flatMap(renderIncident),
  ].join('\n')
}

function renderIncident({ number, title, outcome }: Incident): readonly string[] {
  return [`## ${number}. ${title}`, '', ...renderOutcome(outcome), '']
}

function renderOutcome(outcome: Outcome): readonly string[] {
  if (outcome.kind === 'by-design') return [`*Impossible by design.* ${outcome.why}`]
  if (outcome.kind === 'waits') return [`*Waits for ${outcome.subsystem}.* ${outcome.why}`]
  return ['*Reproduced.*', '', ...outcome.proofs.flatMap(renderProof)]
}

function renderProof({ test, guard }: Proof): readonly string[] {
  return [`- The test: ${test.name} (\`${test.file}\`)`, `- Switched off to prove it: ${guard.what} (\`${guard.file}\`)`]
}
