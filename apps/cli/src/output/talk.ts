/** What is said beside the answer. */
export interface Talk {
  readonly say: (text: string) => void
  /** What is under way. At a terminal whatever comes next takes its place; elsewhere it is a line like any other. */
  readonly progress: (text: string) => void
  /** Takes away the line that tells what is under way. */
  readonly clear: () => void
}

export interface TalkOptions {
  readonly write: (text: string) => void
  /** Whether the place of a line can be taken by the next one. */
  readonly isTerminal: () => boolean
  readonly columns: number
}

const ERASE = '\r\u001b[2K'

export function createTalk({ write, isTerminal, columns }: TalkOptions): Talk {
  let isOpen = false

  function clear(): void {
    if (isOpen) write(ERASE)
    isOpen = false
  }

  return {
    clear,
    say(text) {
      clear()
      write(`${text}\n`)
    },
    progress(text) {
      isOpen = isTerminal()
      write(isOpen ? `${ERASE}${cut(text, columns - 1)}` : `${text}\n`)
    },
  }
}

/** A line that reaches the last column would be wrapped, and its first half would stay. */
function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}
