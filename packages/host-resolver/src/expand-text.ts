/** What a placeholder stands for, or why it stands for nothing. */
export type Lookup =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'unresolved'; readonly why: string; readonly fix: string }
  | { readonly kind: 'unset'; readonly variable: string }
  | { readonly kind: 'secret'; readonly name: string }
  | { readonly kind: 'holds-secret'; readonly variable: string }
  | { readonly kind: 'circular'; readonly path: readonly string[] }
  /** What it names has no value itself, for a reason that is reported there. */
  | { readonly kind: 'blocked' }

export type Expansion =
  | { readonly kind: 'expanded'; readonly text: string }
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'stopped'; readonly placeholder: string; readonly lookup: Exclude<Lookup, { kind: 'value' }> }

/** Puts values in the place of `${…}`; `$${` is a literal `${`. Values are not expanded again. */
export function expandText(text: string, lookUp: (name: string) => Lookup): Expansion {
  if (!text.includes('${')) return { kind: 'expanded', text }
  let [expanded, rest] = ['', text]
  for (;;) {
    const at = rest.indexOf('${')
    if (at === -1) return { kind: 'expanded', text: expanded + rest }
    if (rest[at - 1] === '$') {
      expanded += `${rest.slice(0, at - 1)}\${`
      rest = rest.slice(at + 2)
      continue
    }
    const end = rest.indexOf('}', at)
    if (end === -1) return { kind: 'unfinished' }
    const name = rest.slice(at + 2, end)
    const lookup = lookUp(name)
    if (lookup.kind !== 'value') return { kind: 'stopped', placeholder: name, lookup }
    expanded += rest.slice(0, at) + lookup.value
    rest = rest.slice(end + 1)
  }
}

/** The name of the only placeholder that the whole text consists of. */
export function onlyPlaceholder(text: string): string | null {
  return /^\$\{([^{}]*)\}$/.exec(text)?.[1] ?? null
}
