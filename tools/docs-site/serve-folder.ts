import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

export interface ServedFolder {
  readonly url: string
  [Symbol.asyncDispose](): Promise<void>
}

/** A folder of static files on loopback, as a static host would serve it. */
export async function serveFolder(folder: string): Promise<ServedFolder> {
  const server = createServer((request, response) => {
    const file = toFile(folder, decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname))
    if (file === null) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function toFile(folder: string, path: string): string | null {
  const asked = join(folder, normalize(path))
  if (!asked.startsWith(folder) || !existsSync(asked)) return null
  if (!statSync(asked).isDirectory()) return asked
  return existsSync(join(asked, 'index.html')) ? join(asked, 'index.html') : null
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}
