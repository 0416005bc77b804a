type Value = string | number | boolean | readonly Value[] | Plist
export interface Plist {
  readonly [key: string]: Value
}

/** A plist of XML, read by nothing that wrote it. Throws at whatever is not one. */
export function parsePlist(text: string): Plist {
  const tokens = text.replaceAll(/<!--[\s\S]*?-->|<\?xml[^>]*\?>|<!DOCTYPE[^>]*>/g, '').match(/<[^>]+>|[^<]+/g) ?? []
  const rest = tokens.filter((token) => token.startsWith('<') || token.trim() !== '')
  const take = (expected?: RegExp): string => {
    const token = rest.shift() ?? ''
    if (expected !== undefined && !expected.test(token)) throw new Error(`a plist has no ${token || 'end'} here`)
    return token
  }
  const words = (end: RegExp): string => {
    const content = end.test(rest[0] ?? '') ? '' : take(/^[^<]/)
    take(end)
    return content.replaceAll(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => entities[name] ?? '')
  }
  const value = (): Value => {
    const token = take(/^</)
    if (token === '<true/>' || token === '<false/>') return token === '<true/>'
    if (token === '<string>') return words(/^<\/string>$/)
    if (token === '<string/>') return ''
    if (token === '<integer>') return toInteger(words(/^<\/integer>$/))
    if (token === '<array>') return list()
    if (token === '<dict>') return dictionary()
    if (token === '<dict/>') return {}
    throw new Error(`a plist has no ${token}`)
  }
  const list = (): Value[] => {
    const values: Value[] = []
    while (rest[0] !== '</array>') values.push(value())
    take()
    return values
  }
  const dictionary = (): Plist => {
    const entries: [string, Value][] = []
    while (rest[0] !== '</dict>') {
      take(/^<key>$/)
      const key = words(/^<\/key>$/)
      if (entries.some(([name]) => name === key)) throw new Error(`${key} is there twice`)
      entries.push([key, value()])
    }
    take()
    return Object.fromEntries(entries)
  }
  take(/^<plist version="1.0">$/)
  const root = value()
  take(/^<\/plist>$/)
  if (rest.length > 0 || typeof root !== 'object' || Array.isArray(root)) throw new Error('a plist holds one dictionary')
  return root as Plist
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function toInteger(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new Error(`${text} is no integer`)
  return Number(text)
}
