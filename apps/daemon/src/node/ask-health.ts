import { request } from 'node:http'
import { parseJson, roleHealth } from '@sanctum/contracts'
import type { HealthReply } from '../failsafe/judge-watchdog.ts'

const MAX_BYTES = 8 * 1024 * 1024

export type DocumentReply =
  | { readonly kind: 'answered'; readonly status: number; readonly document: unknown }
  | { readonly kind: 'silent'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string }

/** Asks a role of this machine for its health, within an absolute deadline. */
export async function askHealth(port: number, timeoutMs: number): Promise<HealthReply> {
  const reply = await askDocument(port, '/health', timeoutMs)
  if (reply.kind !== 'answered') return reply
  return { kind: 'answered', status: reply.status, health: roleHealth.safeParse(reply.document).data ?? null }
}

/** Gets a JSON document from loopback; null as document where the answer is none. */
export function askDocument(port: number, path: string, timeoutMs: number): Promise<DocumentReply> {
  return new Promise((resolve) => {
    const asking = request({ host: '127.0.0.1', port, path, agent: false, headers: { connection: 'close' } })
    const timer = setTimeout(() => settle({ kind: 'silent', why: `no whole answer came within ${timeoutMs} ms` }), timeoutMs)
    const settle = (reply: DocumentReply): void => {
      clearTimeout(timer)
      resolve(reply)
      asking.destroy()
    }
    asking.on('error', (error: NodeJS.ErrnoException) =>
      settle(
        error.code === 'ECONNREFUSED'
          ? { kind: 'refused', why: 'nobody listens at its port' }
          : { kind: 'silent', why: `the connection broke (${error.code ?? error.message})` },
      ),
    )
    asking.on('response', (response) => {
      const chunks: Buffer[] = []
      let sizeBytes = 0
      response.on('error', () => settle({ kind: 'silent', why: 'the answer broke off' }))
      response.on('data', (chunk: Buffer) => {
        sizeBytes += chunk.length
        if (sizeBytes > MAX_BYTES) settle({ kind: 'answered', status: response.statusCode ?? 0, document: null })
        else chunks.push(chunk)
      })
      response.on('end', () =>
        settle({ kind: 'answered', status: response.statusCode ?? 0, document: parseJson(Buffer.concat(chunks).toString('utf8')) }),
      )
    })
    asking.end()
  })
}
