/** Whether a name fits a pattern in which `*` stands for any text and `?` for one character. Never worse than length times length. */
export function matchGlob(pattern: string, name: string): boolean {
  let [at, from, star, mark] = [0, 0, -1, 0]
  while (at < name.length) {
    if (from < pattern.length && pattern[from] === '*') {
      star = from++
      mark = at
    } else if (from < pattern.length && (pattern[from] === '?' || pattern[from] === name[at])) {
      from += 1
      at += 1
    } else if (star >= 0) {
      from = star + 1
      at = ++mark
    } else return false
  }
  while (pattern[from] === '*') from += 1
  return from === pattern.length
}

export function isGlob(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?')
}
