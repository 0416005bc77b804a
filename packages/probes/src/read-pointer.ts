export type PointerReading = { readonly kind: 'found'; readonly value: unknown } | { readonly kind: 'missing' }

/** The value at a JSON pointer (RFC 6901). Only own properties and elements count. */
export function readPointer(document: unknown, pointer: string): PointerReading {
  if (pointer === '' || pointer === '/') return { kind: 'found', value: document }
  let value = document
  for (const token of pointer.replace(/^\//, '').split('/').map(unescapeToken)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return { kind: 'missing' }
    value = (value as Record<string, unknown>)[token]
  }
  return { kind: 'found', value }
}

function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~')
}
