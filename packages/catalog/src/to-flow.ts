/** A command line as the list that a catalog wants; what only a shell understands is handed to one. */
export function toCommandFlow(line: string): string {
  const words = /["'\\|&;<>()$`*?~#{}]/.test(line) ? ['/bin/sh', '-c', line] : line.trim().split(/\s+/)
  return `[${words.map(toFlowScalar).join(', ')}]`
}

/** Text as it stands within brackets: in quotes where YAML would read something else. */
function toFlowScalar(text: string): string {
  const isPlain = /^[A-Za-z_./-][\w./=@%+-]*(:[\w./=@%+-]+)*$/.test(text) && !/^(true|false|null|yes|no|on|off|[.-]+\d*|-.*:)$/i.test(text)
  return isPlain ? text : `'${text.replaceAll("'", "''")}'`
}
