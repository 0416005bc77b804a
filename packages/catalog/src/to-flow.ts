/** A command line as the list that a catalog wants; what only a shell understands is handed to one. Null where it is more than one line. */
export function toCommandFlow(text: string): string | null {
  const line = text.trim()
  if (/[\n\r]/.test(line)) return null
  const words = needsShell(line) ? ['/bin/sh', '-c', line] : line.split(/\s+/)
  return `[${words.map(toFlowScalar).join(', ')}]`
}

/** A placeholder is filled in by the catalog, not by a shell. */
function needsShell(line: string): boolean {
  return /^[A-Za-z_]\w*=|["'\\|&;<>()$`*?~#{}]/.test(line.replaceAll(/(?<!\$)\$\{[^{}\s]*\}/g, ''))
}

/** Text as it stands within brackets: in quotes where YAML would read something else. */
function toFlowScalar(text: string): string {
  const isPlain = /^[A-Za-z_./-][\w./=@%+-]*(:[\w./=@%+-]+)*$/.test(text) && !/^(true|false|null|yes|no|on|off|[.-]+\d*|-.*:)$/i.test(text)
  return isPlain ? text : `'${text.replaceAll("'", "''")}'`
}
