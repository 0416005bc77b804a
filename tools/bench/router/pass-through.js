import { createServer } from 'node:http'
import { Pool } from 'undici'

/**
 * The least that a router in Node could be: reads the body, looks at `model`, asks the one upstream through undici and passes the answer on.
 * No failover, no state, no limit: `pass-through.js UPSTREAM_PORT PORT`. JavaScript, because Node keeps in memory what strips types.
 */
const pool = new Pool(`http://127.0.0.1:${process.argv[2]}`, { connections: 256, pipelining: 1 })

function pass(request, response) {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
    if (readModel(body) === null) response.writeHead(400).end()
    else forward(request.url, body, response)
  })
}

function readModel(body) {
  try {
    return JSON.parse(body.toString()).model
  } catch {
    return null
  }
}

function forward(path, body, response) {
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length) }
  pool.dispatch(
    { path, method: 'POST', headers, body },
    {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, status, { 'transfer-encoding': _chunked, connection: _kept, 'keep-alive': _alive, ...rest }) =>
        response.writeHead(status, rest),
      onResponseData: (_controller, chunk) => response.write(chunk),
      onResponseEnd: () => response.end(),
      onResponseError: () => response.destroy(),
    },
  )
}

createServer(pass).listen(Number(process.argv[3]), '127.0.0.1')
