import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A door on loopback to a server: closed, the server is gone for who comes this way, and untouched for everybody else. */
export interface Relay extends AsyncDisposable {
  readonly port: number
  lose(): Promise<void>
  restore(): Promise<void>
}

export async function createRelay(to: { readonly host: string; readonly port: number }): Promise<Relay> {
  const sockets = new Set<Socket>()
  let server = openServer(to, sockets)
  const port = await listen(server, 0)
  const lose = async (): Promise<void> => {
    for (const socket of sockets) socket.resetAndDestroy()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  return {
    port,
    lose,
    async restore() {
      if (server.listening) return
      server = openServer(to, sockets)
      await listen(server, port)
    },
    [Symbol.asyncDispose]: lose,
  }
}

function openServer(to: { readonly host: string; readonly port: number }, sockets: Set<Socket>): Server {
  return createServer((inner) => {
    const outer = connect(to.port, to.host)
    for (const socket of [inner, outer]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        inner.destroy()
        outer.destroy()
      })
    }
    inner.pipe(outer).pipe(inner)
  })
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
