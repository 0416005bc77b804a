const known = new Map<string, string>()

/** Shorter values are not searched for: they would blank ordinary words. */
const SHORTEST = 6

/** Teaches the scrubber a value, plain and in the encodings in which it might leak. */
export function registerSecret(id: string, value: string): void {
  if (value.length < SHORTEST) return
  for (const form of [value, encodeURIComponent(value), ...toBase64Forms(value)]) known.set(form, id)
}

/** Forgets every secret; for tests and for long-lived processes that rotate keys. */
export function forgetSecrets(): void {
  known.clear()
}

const tokenShapes: readonly (readonly [RegExp, string])[] = [
  [/\b(https?:\/\/)[^\s/@:]+:[^\s/@]+@/g, '$1[secret:userinfo]@'],
  [/\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}/gi, '$1 [secret:authorization]'],
  [/\bsk-[A-Za-z0-9_-]{16,}/g, '[secret:api-key]'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[secret:private-key]'],
]

/** The text without any known secret and without what has the shape of one. */
export function scrub(text: string): string {
  let clean = text
  for (const [value, id] of known) if (clean.includes(value)) clean = clean.replaceAll(value, `[secret:${id}]`)
  for (const [shape, replacement] of tokenShapes) clean = clean.replace(shape, replacement)
  return clean
}

/** A copy of plain data with every text scrubbed, keys included. */
export function scrubData<T>(data: T): T {
  if (typeof data === 'string') return scrub(data) as T
  if (Array.isArray(data)) return data.map(scrubData) as T
  if (data === null || typeof data !== 'object' || Object.getPrototypeOf(data) !== Object.prototype) return data
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [scrub(key), scrubData(value)])) as T
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The three texts that stand for the value inside a longer base64 text, by where it starts in a group of three bytes. */
function toBase64Forms(value: string): string[] {
  const bytes = new TextEncoder().encode(value)
  return [0, 1, 2].map((shift) => {
    const bits = [...new Uint8Array(shift), ...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
    const first = Math.ceil((shift * 8) / 6)
    const last = Math.floor(bits.length / 6)
    let text = ''
    for (let index = first; index < last; index++) text += ALPHABET[Number.parseInt(bits.slice(index * 6, index * 6 + 6), 2)]
    return text
  })
}
