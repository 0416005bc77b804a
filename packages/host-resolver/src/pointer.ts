/** A JSON pointer (RFC 6901) to the place that these keys lead to. */
export function toPointer(path: readonly (string | number)[]): string {
  return path.map((key) => `/${escapeKey(String(key))}`).join('')
}

/** The keys of a JSON pointer, or of a dotted path such as `services.dashboard.port`. */
export function parsePath(text: string): string[] {
  if (text.startsWith('/')) return text.slice(1).split('/').map(unescapeKey)
  return text === '' ? [] : text.split('.')
}

/** The pointer one step below another. */
export function childPointer(pointer: string, key: string | number): string {
  return `${pointer}/${escapeKey(String(key))}`
}

/** The pointer one step above; the empty text is the whole document. */
export function parentPointer(pointer: string): string {
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')))
}

function escapeKey(key: string): string {
  return /[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key
}

function unescapeKey(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~')
}
