import type { Span } from '../body/splice-model.ts'

/** What is found in a multipart body while it passes by: where its model stands. */
export interface MultipartScan {
  push(chunk: Buffer): void
  readonly model: { readonly value: string; readonly span: Span } | null
}

const longestHead = 16_384
const longestModel = 512
const headEnd = Buffer.from('\r\n\r\n')

/** The boundary of a `multipart/form-data` content type; null where it is none. */
export function boundaryOf(contentType: string): string | null {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) return null
  const found = /;\s*boundary=(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType)
  return found?.[1] ?? found?.[2] ?? null
}

/** Finds the part named `model` without keeping the others: a recording may be longer than memory allows. */
export function scanMultipart(boundary: string): MultipartScan {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // A body begins with its delimiter, without the line break before it.
  let window: Buffer = Buffer.from('\r\n')
  let windowAt = -2
  let state: 'seek' | 'head' | 'value' = 'seek'
  let model: MultipartScan['model'] = null

  function push(chunk: Buffer): void {
    if (model !== null) return
    window = Buffer.concat([window, chunk])
    while (model === null && step());
  }

  function step(): boolean {
    switch (state) {
      case 'seek':
        return seek()
      case 'head':
        return readHead()
      case 'value':
        return readValue()
    }
  }

  function drop(bytes: number): void {
    window = window.subarray(bytes)
    windowAt += bytes
  }

  function seek(): boolean {
    const at = window.indexOf(delimiter)
    if (at === -1) {
      drop(Math.max(0, window.length - delimiter.length + 1))
      return false
    }
    drop(at + delimiter.length)
    state = 'head'
    return true
  }

  function readHead(): boolean {
    const end = window.indexOf(headEnd)
    if (end === -1) {
      if (window.length > longestHead) state = 'seek'
      return state === 'seek'
    }
    const head = window.toString('latin1', 0, end)
    state = /content-disposition:[^\r\n]*;\s*name="?model"?(?:[;\s]|$)/i.test(head) ? 'value' : 'seek'
    // The line break before the next delimiter may be the one that ends this head, where a part is empty.
    drop(state === 'value' ? end + headEnd.length : end + 2)
    return true
  }

  function readValue(): boolean {
    const end = window.indexOf(delimiter)
    if (end === -1) {
      if (window.length <= longestModel + delimiter.length) return false
      state = 'seek'
      return true
    }
    if (end <= longestModel) model = { value: window.toString('utf8', 0, end), span: { start: windowAt, end: windowAt + end } }
    state = 'seek'
    return true
  }

  return {
    push,
    get model() {
      return model
    },
  }
}
