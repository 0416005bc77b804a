import { exitCodes } from '@sanctum/contracts'
import { commandTable } from '../../apps/cli/src/command-table.ts'
import { exitsOf, usualExits } from './reference/command-exits.ts'

/** With which codes each command may end, as a module of the program: what is read out of its sources it cannot read itself once it is bundled. */
export function renderCommandExits(root: string): string {
  const rows = commandTable.map((command) => {
    const codes = [...usualExits, ...exitsOf(root, command)].map((name) => exitCodes[name].code).sort((a, b) => a - b)
    return `  ${toKey(command.path.join(' '))}: [${codes.join(', ')}],`
  })
  return [
    '// Generated from the sources that each command reaches by `./tools/sanctumctl dev pnpm generate`.',
    '',
    '/** The exit codes that a command may end with, by its words. */',
    'export const commandExits: Readonly<Record<string, readonly number[]>> = {',
    ...rows,
    '}',
    '',
  ].join('\n')
}

function toKey(words: string): string {
  return /^[a-z]+$/.test(words) ? words : `'${words}'`
}
