import { execFileSync } from 'node:child_process'
import { runGate } from '../../src/run-gate.ts'
import { createPlantedPorts, sanctumctl } from './planted-ports.ts'

/**
 * Runs inside of a disposable haus that is up: one page says what runs there, and one lies about ports, labels and how many there are, in rows
 * and in sentences. Prints what the audit finds.
 */
function read<Data>(...words: readonly string[]): Data {
  return (JSON.parse(execFileSync(process.execPath, [sanctumctl, ...words, '--json'], { encoding: 'utf8' })) as { data: Data }).data
}
const { services } = read<{ status: { services: { id: string; ports: number[]; activity: string }[] } }>('status').status
const portOf = (id: string) => services.find((service) => service.id === id)?.ports[0] ?? 0
const table = (...rows: string[][]) =>
  `| Service | Label | Port |\n|---|---|---|\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`

const { haus } = read<{ haus: { instance: { slug: string } } }>('host', 'profile')

const report = await runGate(
  { changed: null, buildOnly: false, running: true, receipt: null },
  createPlantedPorts({
    'docs/true.md': table(
      ['watchdog', 'com.sanctum.watchdog', String(portOf('watchdog'))],
      ['dashboard', 'com.sanctum.dashboard', String(portOf('dashboard'))],
    ).concat(`\nThe haus ${haus.instance.slug} has ${services.length} services; the \`watchdog\` is \`com.sanctum.watchdog\`.\n`),
    'docs/lie.md': table(
      ['watchdog', 'com.sanctum.dog', '2187'],
      ['dashboard', 'com.sanctum.dashboard', String(portOf('watchdog'))],
    ).concat(
      `\nThe haus ${haus.instance.slug} has ${services.length + 1} services.\n`,
      `\nThe \`watchdog\` is \`com.sanctum.dog\`. The \`dashboard\` listens on port ${portOf('watchdog')}.\n`,
    ),
  }),
)
process.stdout.write(`${JSON.stringify(report)}\n`)
