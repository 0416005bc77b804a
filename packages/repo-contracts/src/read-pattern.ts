/** A pattern of a contract, which a stranger may have written. */
export interface Pattern {
  readonly expression: RegExp
  /** The longest text that it is held against; a longer one does not pass, since the search could last for hours. */
  readonly longest: number
}

const MOST_STEPS = 1e7
const LONGEST = 10_000
/** A pattern that may only be held against less than this is of no use. */
const SHORTEST = 16

/** Null where it is no regular expression, or one that repeats what can be read in several ways, so that a search may never end. */
export function readPattern(source: string): Pattern | null {
  const expression = compile(source)
  const cost = expression === null ? null : countWays(source)
  if (expression === null || cost === null) return null
  const { repeats, choices } = cost
  const starts = source.startsWith('^') && !source.includes('|') ? 0 : 1
  const longest = Math.min(LONGEST, Math.floor((MOST_STEPS / 2 ** choices) ** (1 / Math.max(1, repeats + starts))))
  return longest < SHORTEST ? null : { expression, longest }
}

function compile(source: string): RegExp | null {
  try {
    return new RegExp(source, 'u')
  } catch {
    return null
  }
}

interface Ways {
  readonly repeats: number
  readonly choices: number
}

/** Null where a group that repeats holds a repetition or a choice, or the pattern looks around or back. */
function countWays(source: string): Ways | null {
  const atoms = source.matchAll(
    /\\k|\\[1-9]|\\.|\[(?:\\.|[^\]\\])*\]|\(\?(?:<?[=!])|\((?:\?(?:<\w+>|:))?|\)|[*+?|]\??|\{\d+(?:,\d*)?\}\??|./gsu,
  )
  const open: Ways[] = []
  let total: Ways = { repeats: 0, choices: 0 }
  let closed: Ways | null = null
  for (const [atom] of atoms) {
    const inner: Ways | null = closed
    closed = null
    if (/^(\\k|\\[1-9]|\(\?<?[=!])/.test(atom)) return null
    if (atom.startsWith('(')) open.push(total)
    else if (atom === ')') closed = difference(total, open.pop() ?? total)
    else if (/^[*+{]/.test(atom)) {
      if (inner !== null && inner.repeats + inner.choices > 0) return null
      total = { ...total, repeats: total.repeats + (/^\{\d+\}/.test(atom) ? 0 : 1) }
    } else if (/^[?|]/.test(atom)) total = { ...total, choices: total.choices + 1 }
  }
  return total
}

function difference(a: Ways, b: Ways): Ways {
  return { repeats: a.repeats - b.repeats, choices: a.choices - b.choices }
}
