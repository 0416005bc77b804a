import type { Page, Span } from '../page.ts'

/** The pieces of the sentence that this one stands in, itself among them. A heading and a row of a table are one sentence. */
export function readSentence({ spans }: Page, span: Span): readonly Span[] {
  const whole = spans.filter(({ block }) => block === span.block)
  if (span.place !== 'prose') return whole
  const at = whole.indexOf(span)
  const begin = whole.slice(0, at).findLastIndex(endsSentence)
  const end = whole.slice(at + 1).findIndex(endsSentence)
  return whole.slice(Math.max(0, begin), end === -1 ? whole.length : at + 2 + end)
}

function endsSentence({ text, isCode }: Span): boolean {
  return !isCode && /[.?!](?:\s|$)/.test(text)
}
