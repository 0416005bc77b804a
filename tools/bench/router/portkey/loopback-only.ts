import { type ListenOptions, Server } from 'node:net'

/** Loaded before the gateway: it binds every interface of the machine, and has no option not to. */
const { listen } = Server.prototype

Server.prototype.listen = function listenOnLoopback(this: Server, ...args: unknown[]): Server {
  const [first, ...rest] = args
  const done = rest.find((one) => typeof one === 'function') as (() => void) | undefined
  const options: ListenOptions = typeof first === 'object' && first !== null ? first : { port: Number(first) }
  return listen.call(this, { ...options, host: '127.0.0.1' }, done) as Server
} as typeof listen
