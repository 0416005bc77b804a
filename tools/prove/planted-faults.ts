import { plantedRows as cli } from '../../apps/cli/test/planted-rows.ts'
import { plantedRows as generations } from '../../packages/generations/test/planted-rows.ts'
import { plantedRows as journal } from '../../packages/journal/test/planted-rows.ts'
import { plantedRows as router } from '../../packages/router-failover/test/planted-rows.ts'
import { isCi } from '../lanes/is-ci.ts'
import type { Attacked, PlantedFault } from './planted-fault.ts'

/** Every room's planted faults. To add some: a `test/planted-rows.ts` in the room, and a line here. */
const rows: readonly PlantedFault[] = [...generations, ...journal, ...router, ...cli]

/** Runs every planted fault, or those whose suite or plant holds one of the words, and prints the table. One that survives fails it. */
async function provePlantedFaults(words: readonly string[]): Promise<void> {
  const chosen = rows.filter(({ plant, suite }) => words.length === 0 || words.some((word) => `${plant} ${suite}`.includes(word)))
  if (chosen.length === 0) {
    console.error(`planted-faults: none of the ${rows.length} has ${words.join(' or ')} in its name\n  next: leave the words out`)
    process.exit(64)
  }
  console.log('| plant | suite | must say | caught at | it said | verdict |\n|---|---|---|---|---|---|')
  const verdicts: Verdict[] = []
  for (const row of chosen) {
    const attacked = await row.attack()
    const verdict = judge(row, attacked)
    verdicts.push(verdict)
    console.log(`| ${[row.plant, row.suite, row.expected.source, ...tell(attacked), verdict].map(toCell).join(' | ')} |`)
  }
  const count = (wanted: Verdict) => verdicts.filter((verdict) => verdict === wanted).length
  const [survived, impossible] = [count('SURVIVED') + count('WRONG REASON'), count('not applicable')]
  console.log(`${count('caught')} caught, ${survived} survived, ${impossible} not applicable here`)
  process.exitCode = survived > 0 || (isCi() && impossible > 0) ? 1 : 0
}

type Verdict = 'caught' | 'SURVIVED' | 'WRONG REASON' | 'not applicable'

/** Found for another reason than the expected one is not found: the suite may merely be broken. */
function judge({ expected }: PlantedFault, attacked: Attacked): Verdict {
  if (attacked.kind === 'not-applicable') return 'not applicable'
  if (attacked.kind === 'survived') return 'SURVIVED'
  return expected.test(attacked.violation) ? 'caught' : 'WRONG REASON'
}

function tell(attacked: Attacked): [string, string] {
  if (attacked.kind === 'caught') return [attacked.at, attacked.violation]
  return attacked.kind === 'survived' ? [attacked.tried, '-'] : ['-', attacked.why]
}

function toCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

await provePlantedFaults(process.argv.slice(2))
