/** Takes what stands between think tags out of text that comes in pieces. */
export interface ThinkingStripper {
  /** What of this piece may be shown; the beginning of what may become a tag is kept back. */
  push(text: string): string
  /** What was kept back, once nothing more comes. */
  end(): string
}

const opening = ['<think>', '<thinking>'] as const
const closing = ['</think>', '</thinking>'] as const

export function createThinkingStripper(): ThinkingStripper {
  let pending = ''
  let inside = false
  // The empty lines after the thoughts belong to them.
  let trimming = false

  function push(text: string): string {
    pending += text
    let shown = ''
    for (;;) {
      const found = firstTag(pending, inside ? closing : opening)
      if (found === null) break
      if (!inside) shown += trimmed(pending.slice(0, found.start))
      pending = pending.slice(found.end)
      trimming = inside
      inside = !inside
    }
    const keep = openTagLength(pending, inside ? closing : opening)
    if (!inside) shown += trimmed(pending.slice(0, pending.length - keep))
    pending = keep === 0 ? '' : pending.slice(-keep)
    return shown
  }

  function trimmed(shown: string): string {
    if (!trimming || shown === '') return shown
    const rest = shown.trimStart()
    if (rest !== '') trimming = false
    return rest
  }

  function end(): string {
    const rest = inside ? '' : pending
    pending = ''
    return trimmed(rest)
  }

  return { push, end }
}

function firstTag(text: string, tags: readonly string[]): { start: number; end: number } | null {
  let first: { start: number; end: number } | null = null
  for (const tag of tags) {
    const start = text.indexOf(tag)
    if (start !== -1 && (first === null || start < first.start)) first = { start, end: start + tag.length }
  }
  return first
}

/** Length of the end of `text` that may be the beginning of a tag. */
function openTagLength(text: string, tags: readonly string[]): number {
  const from = text.lastIndexOf('<')
  if (from === -1) return 0
  const tail = text.slice(from)
  return tags.some((tag) => tag.length > tail.length && tag.startsWith(tail)) ? tail.length : 0
}

interface Mutable {
  content?: unknown
  text?: unknown
  reasoning_content?: unknown
  reasoning?: unknown
}

/** Thinking taken out of the frames of one chat or completions stream; each choice has its own state. */
export interface FrameStripper {
  /** The frame as it may be shown (the value is changed in place), or null when nothing is left of it. */
  strip(value: unknown): unknown | null
}

export function createFrameStripper(): FrameStripper {
  const strippers = new Map<number, ThinkingStripper>()

  function stripperOf(index: number): ThinkingStripper {
    const known = strippers.get(index)
    if (known !== undefined) return known
    const made = createThinkingStripper()
    strippers.set(index, made)
    return made
  }

  function strip(value: unknown): unknown | null {
    const { choices, usage } = value as { choices?: unknown; usage?: unknown }
    if (!Array.isArray(choices) || choices.length === 0) return value
    let says = usage != null
    for (const choice of choices) {
      const { index, delta, finish_reason: finish } = choice as { index?: unknown; delta?: Mutable; finish_reason?: unknown }
      const stripper = stripperOf(typeof index === 'number' ? index : 0)
      const isLast = typeof finish === 'string'
      const holder = delta ?? (choice as Mutable)
      if (stripHolder(holder, stripper, isLast) || isLast) says = true
    }
    return says ? value : null
  }

  return { strip }
}

/** Whether anything is left to say. */
function stripHolder(holder: Mutable, stripper: ThinkingStripper, isLast: boolean): boolean {
  const hadThoughts = holder.reasoning_content != null || holder.reasoning != null
  delete holder.reasoning_content
  delete holder.reasoning
  const key = typeof holder.text === 'string' ? 'text' : 'content'
  const before = holder[key]
  if (typeof before === 'string' || isLast) {
    const shown = (typeof before === 'string' ? stripper.push(before) : '') + (isLast ? stripper.end() : '')
    if (typeof before === 'string' || shown !== '') holder[key] = shown
    if (before !== '' && shown === '') return Object.keys(holder).length > 1 && !hadThoughts && 'role' in holder
    return true
  }
  return Object.keys(holder).length > 0 && !(hadThoughts && Object.keys(holder).length === 0)
}

/** Thinking taken out of a whole answer; the value is changed in place. Whether there was any. */
export function stripWhole(value: unknown): boolean {
  const { choices } = value as { choices?: unknown }
  if (!Array.isArray(choices)) return false
  let changed = false
  for (const choice of choices) {
    const { message } = choice as { message?: Mutable }
    const holder = message ?? (choice as Mutable)
    const key = typeof holder.text === 'string' ? 'text' : 'content'
    const before = holder[key]
    if (holder.reasoning_content != null || holder.reasoning != null) changed = true
    delete holder.reasoning_content
    delete holder.reasoning
    if (typeof before !== 'string') continue
    const stripper = createThinkingStripper()
    const after = stripper.push(before) + stripper.end()
    if (after !== before) changed = true
    holder[key] = after
  }
  return changed
}
