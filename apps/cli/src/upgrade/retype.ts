import type { CommandContext } from '../command.ts'

/** A way to write down the command as it was typed, with all that was given and with words added: what a person is told to type next. */
export function retype({ args, options, global }: Pick<CommandContext, 'args' | 'options' | 'global'>, command: string) {
  const named = Array.isArray(options['despite']) ? (options['despite'] as string[]) : []
  return (added: readonly string[] = []): string => {
    const given = [
      ...args.filter((word) => typeof word === 'string'),
      ...(typeof options['to'] === 'string' ? ['--to', options['to']] : []),
      ...named.flatMap((id) => ['--despite', id]),
      ...(options['force'] === true ? ['--force'] : []),
      ...(global.catalog === null ? [] : ['--catalog', global.catalog]),
      ...(global.yes && !added.includes('--yes') ? ['--yes'] : []),
    ]
    return ['sanctumctl', command, ...given, ...added].map(quote).join(' ')
  }
}

/** For a shell, where it would read a word otherwise. */
function quote(word: string): string {
  return /^[\w./:@=~^+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
