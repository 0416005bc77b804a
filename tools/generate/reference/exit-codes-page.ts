import { type ExitName, exitCodes, faultCodes } from '@sanctum/contracts'
import { renderTable } from '../markdown-table.ts'
import { pageHead } from '../page-head.ts'
import { toProse } from '../to-prose.ts'

/** Every exit code, and every fault: what the world may refuse while a command works. */
export function renderExitCodesPage(): string {
  const faults = Object.entries(faultCodes).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    ...pageHead({
      title: 'Exit codes and faults',
      description: 'What the exit code of every program of Sanctum means, and every fault by its code.',
      source: 'the tables of packages/contracts',
    }),
    'Every program of Sanctum ends with one of these, and with no other. A script may rely on them: zero is fine, one says that something is',
    'wrong, two that only something is left to do.',
    '',
    ...renderTable(
      ['Code', 'Name', 'Meaning'],
      Object.entries(exitCodes).map(([name, { code, meaning }]) => [`\`${code}\``, `\`${name}\``, toProse(meaning)]),
    ),
    '',
    '## Faults',
    '',
    'A [finding](../findings/) says that the input or the machine is not as it should be. A fault says that the world refused an effect: the disk is',
    'full, the lock is held, an answer did not come. It ends the command with the exit code beside it.',
    '',
    ...renderTable(
      ['Fault', 'Exit', 'What to do'],
      faults.map(([name, { exit, hint }]) => [`\`${name}\``, `\`${exitCodes[exit].code}\``, toProse(hint)]),
    ),
    '',
    '## No answer for another reason',
    '',
    'With `--json` these stand in `errors` like the codes of findings and faults.',
    '',
    ...renderTable(
      ['Code', 'Exit', 'What it means'],
      unanswered.map(([name, exit, meaning]) => [`\`${name}\``, `\`${exitCodes[exit].code}\``, meaning]),
    ),
    '',
  ].join('\n')
}

const unanswered: readonly (readonly [string, ExitName, string])[] = [
  ['BUG', 'bug', 'Sanctum itself is wrong; please report it with the text that was printed.'],
  ['DECLINED', 'pending', 'The question was answered with no, so nothing was changed.'],
  ['INTERRUPTED', 'interrupted', 'It was stopped by whoever started it; the same command continues.'],
  ['REFUSED', 'problems', 'It was refused, and no finding says why. Else the code of the first finding stands here.'],
  ['USAGE', 'usage', 'The command was typed in a way that it does not understand; the hint says how.'],
]
