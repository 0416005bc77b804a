import type { toCommandRow } from '../output/to-command-row.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

/** What is called how, whether it changes anything, and with what it may end. */
export function renderCommands(commands: readonly ReturnType<typeof toCommandRow>[], { columns }: Style): string {
  const rows = commands.map(({ command, arguments: taken, writes, exit_codes: codes }) => [
    [command, ...taken.map(toUsage)].join(' '),
    writes ? 'writes' : 'reads',
    codes.join(' '),
  ])
  return renderTable(['COMMAND', 'EFFECT', 'EXITS'], rows, columns)
}

function toUsage({ name, required, repeats }: ReturnType<typeof toCommandRow>['arguments'][number]): string {
  return required ? `<${name}>` : `[${name}${repeats ? '...' : ''}]`
}
