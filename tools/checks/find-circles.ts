export interface RelativeImport {
  readonly target: string
  readonly line: number
}

/** Files that import each other, over however many steps: neither can be read, moved or loaded without the other. */
export function findCircles(imports: ReadonlyMap<string, readonly RelativeImport[]>): readonly string[] {
  const done = new Set<string>()
  const walk = (file: string, above: readonly string[]): readonly string[] => {
    if (done.has(file)) return []
    const path = [...above, file]
    const found = (imports.get(file) ?? []).flatMap(({ target, line }) => {
      const from = path.indexOf(target)
      if (from === -1) return walk(target, path)
      return [`${file}:${line}: imports in a circle: ${[...path.slice(from), target].join(' → ')}`]
    })
    done.add(file)
    return found
  }
  return [...imports.keys()].flatMap((file) => walk(file, []))
}
