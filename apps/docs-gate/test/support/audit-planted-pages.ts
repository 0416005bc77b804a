import { execFileSync } from 'node:child_process'
import { runGate } from '../../src/run-gate.ts'
import { createPlantedPorts, sanctumctl } from './planted-ports.ts'

/**
 * Runs inside of a disposable haus that is up: one page says what runs there, and one lies about a port and a label. Prints what the audit
 * finds.
 */
const { data } = JSON.parse(execFileSync(process.execPath, [sanctumctl, 'status', '--json'], { encoding: 'utf8' })) as {
  data: { status: { services: { id: string; ports: number[] }[] } }
}
const portOf = (id: string) => data.status.services.find((service) => service.id === id)?.ports[0] ?? 0
const table = (...rows: string[][]) =>
  `| Service | Label | Port |\n|---|---|---|\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`

const report = await runGate(
  { changed: null, buildOnly: false, running: true, receipt: null },
  createPlantedPorts({
    'docs/true.md': table(
      ['watchdog', 'com.sanctum.watchdog', String(portOf('watchdog'))],
      ['dashboard', 'com.sanctum.dashboard', String(portOf('dashboard'))],
    ),
    'docs/lie.md': table(['watchdog', 'com.sanctum.dog', '2187'], ['dashboard', 'com.sanctum.dashboard', String(portOf('watchdog'))]),
  }),
)
process.stdout.write(`${JSON.stringify(report)}\n`)
