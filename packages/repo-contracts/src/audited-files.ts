/**
 * Files whose text is searched for paths of one machine: all but those that a contract leaves out. A path names a file or a folder; in
 * it `*` stands for anything within one name, and `**` for any folders.
 */
export function auditedFiles(names: readonly string[], skips: readonly { readonly path: string }[]): string[] {
  const patterns = skips.map(({ path }) => toPattern(path))
  return names.filter((name) => !patterns.some((pattern) => pattern.test(name)))
}

function toPattern(path: string): RegExp {
  const source = path
    .replace(/\/+$/, '')
    .split(/(\*\*\/|\*)/)
    .map((part) => (part === '**/' ? '(?:.*/)?' : part === '*' ? '[^/]*' : part.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&')))
    .join('')
  return new RegExp(`^${source}(?:/|$)`)
}
