import { createServer } from 'node:net'

/** The smallest server there can be, in a process of its own, so that it is nobody's bottleneck: prints its port, then answers everything. */
const answer = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'
const server = createServer((socket) => {
  socket.on('error', () => {})
  socket.once('data', () => socket.end(answer))
})
server.listen(0, '127.0.0.1', 1024, () => console.log((server.address() as { port: number }).port))
