import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { docsReport } from '@sanctum/contracts'
import type { DocsGatePort } from '../ports.ts'

export interface DocsGateOptions {
  readonly node: string
  /** The folder of this program; above it lies the checkout, where it was built in one. */
  readonly here: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** docs-gate as a process of its own, from its source: what it reads with is not loaded by anybody else. */
export function createDocsGate({ node, here, environment }: DocsGateOptions): DocsGatePort {
  const main = join(here, '../../docs-gate/src/main.ts')
  return {
    run: (words, signal) =>
      existsSync(main)
        ? new Promise((resolve) => {
            const child = spawn(node, ['--conditions=@sanctum/source', main, '--sanctumctl', join(here, 'sanctumctl.js'), ...words], {
              stdio: ['ignore', 'pipe', 'pipe'],
              env: environment as NodeJS.ProcessEnv,
            })
            const heard = { stdout: '', stderr: '' }
            child.stdout.setEncoding('utf8').on('data', (text: string) => (heard.stdout += text))
            child.stderr.setEncoding('utf8').on('data', (text: string) => (heard.stderr += text))
            const end = () => void child.kill('SIGTERM')
            if (signal.aborted) end()
            signal.addEventListener('abort', end, { once: true })
            child.on('error', (error) => resolve({ code: null, report: null, said: error.message }))
            child.on('close', (code) => resolve({ code, report: parseReport(heard.stdout), said: heard.stderr }))
          })
        : Promise.resolve(null),
  }
}

function parseReport(text: string) {
  try {
    return docsReport.parse(JSON.parse(text))
  } catch {
    return null
  }
}
