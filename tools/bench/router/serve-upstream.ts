import { createServer, type Socket } from 'node:net'

/**
 * A model server that costs next to nothing, so that what is measured is what stands before it: `serve-upstream.ts`. Prints its port.
 * An answer that is no stream is the same bytes each time. Of a stream the last message says how it shall be: `frames=60 gap=20`, the gap in
 * ms; without a gap each frame is written as soon as the one before it is out. It reads HTTP by hand, since a whole server would cost more
 * than the routers that are compared.
 */
const json = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'upstream',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'The kettle is on, and the lamp by the door is off.' }, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 12, completion_tokens: 13, total_tokens: 25 },
})
const answer = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`)
const streamHead = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n'
const word = toFrame({ content: 'kettle ' }, null)
const last = `${toFrame({}, 'stop')}${toChunk('data: [DONE]\n\n')}0\r\n\r\n`

function toFrame(delta: object, finish: string | null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return toChunk(
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'upstream', choices })}\n\n`,
  )
}

function toChunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}

function serve(socket: Socket): void {
  let rest = ''
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1')
    for (let end = endOfRequest(rest); end !== null; end = endOfRequest(rest)) {
      const request = rest.slice(0, end)
      rest = rest.slice(end)
      if (/"stream": ?true/.test(request)) stream(socket, request)
      else socket.write(answer)
    }
  })
}

function endOfRequest(text: string): number | null {
  const head = text.indexOf('\r\n\r\n')
  if (head === -1) return null
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, head))?.[1]
  if (length !== undefined) return text.length >= head + 4 + Number(length) ? head + 4 + Number(length) : null
  if (!/^transfer-encoding: *chunked/im.test(text.slice(0, head))) return head + 4
  const end = text.indexOf('\r\n0\r\n\r\n', head)
  return end === -1 ? null : end + 7
}

function stream(socket: Socket, request: string): void {
  const frames = Number(/frames=(\d+)/.exec(request)?.[1] ?? 1)
  const gapMs = Number(/gap=(\d+)/.exec(request)?.[1] ?? 0)
  let sent = 0
  socket.write(streamHead + toFrame({ role: 'assistant', content: '' }, null))
  const step = (): void => {
    if (socket.destroyed) return
    if (sent++ === frames) {
      socket.write(last)
      return
    }
    if (socket.write(word)) next()
    else socket.once('drain', next)
  }
  const next = gapMs > 0 ? () => setTimeout(step, gapMs) : () => setImmediate(step)
  step()
}

const server = createServer(serve).listen(0, '127.0.0.1', () => console.log((server.address() as { port: number }).port))
