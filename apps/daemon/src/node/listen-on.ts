import type { Server } from 'node:net'
import { Fault } from '@sanctum/contracts'

/** Who listens on a port that is taken, where the system says. */
type FindOwner = (port: number) => Promise<string | null>

/** What of a server of HTTP is closed at its end. */
type Closing = Server & { closeIdleConnections(): void; closeAllConnections(): void }

const CLOSING_MS = 1000

/** Binds; the port that it got. A port that is taken is told with who has it. */
export async function listenOn(
  server: Server,
  { port, address }: { readonly port: number; readonly address: string },
  findOwner: FindOwner,
): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port, host: address, exclusive: true }, resolve)
    })
  } catch (error) {
    throw await toBindFault(error, { port, address }, findOwner)
  }
  return boundPort(server)
}

async function toBindFault(error: unknown, { port, address }: { port: number; address: string }, findOwner: FindOwner): Promise<unknown> {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EACCES')
    return new Fault('NOT_PERMITTED', `port ${port} needs rights that this account does not have`, {
      cause: error,
      hint: 'Give the role a port above 1023 in the machine layer.',
    })
  if (code === 'EADDRNOTAVAIL')
    return new Fault('UNAVAILABLE', `${address} is no address of this machine`, {
      cause: error,
      hint: 'Bind one that it has, or 127.0.0.1.',
    })
  if (code !== 'EADDRINUSE') return error
  const owner = await findOwner(port).catch(() => null)
  return new Fault('UNAVAILABLE', `port ${port} is taken${owner === null ? '' : ` by ${owner}`}`, {
    cause: error,
    hint: 'End that program, or give the role another port in the machine layer.',
  })
}

export function boundPort(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Answers what has begun, for a moment, then hangs up. */
export async function closeServer(server: Closing): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), CLOSING_MS)
  await closed
  clearTimeout(timer)
}
