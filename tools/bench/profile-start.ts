import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderTable } from './render-table.ts'
import { packagesIn, traceStart } from './trace-start.ts'

/**
 * Prints what a start loads, file by file, for the command lines given or the four that people wait for:
 * `tools/sanctumctl dev node tools/bench/profile-start.ts "doctor --quick"`.
 */
function profileStart(lines: readonly string[]): void {
  const program = fileURLToPath(new URL('../../apps/cli/dist/sanctumctl.js', import.meta.url))
  const home = mkdtempSync(join(tmpdir(), 'profile-'))
  for (const line of lines) {
    const words = line === '' ? [] : line.split(' ')
    const trace = traceStart([program, ...words], { env: { HOME: home } })
    const bytes = trace.chunks.reduce((sum, chunk) => sum + chunk.bytes, 0)
    const rows = trace.chunks.map(({ file, bytes: size, atMs, modules }) => [
      `  ${file}`,
      `${(size / 1024).toFixed(1)} KiB`,
      `${atMs.toFixed(1)} ms`,
      `${modules.slice(0, 3).map(shorten).join(', ')}${modules.length > 3 ? ` and ${modules.length - 3} more` : ''}`,
    ])
    console.log(
      [
        `sanctumctl ${line}: ${trace.chunks.length} files, ${(bytes / 1024).toFixed(0)} KiB, ${trace.tookMs.toFixed(0)} ms with the hook`,
        renderTable(rows),
        `  packages: ${packagesIn(trace).join(', ') || 'none'}`,
        `  of Node:  ${trace.builtins.join(', ') || 'nothing more'}`,
        '',
      ].join('\n'),
    )
  }
  rmSync(home, { recursive: true, force: true })
}

function shorten(path: string): string {
  return path.replace(/^.*node_modules\//, '').replace(/^(\.\.\/)+/, '')
}

const asked = process.argv.slice(2)
profileStart(asked.length > 0 ? asked : ['--version', '--help', 'doctor --quick', 'complete -- restart '])
