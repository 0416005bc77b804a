import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { holdNurserySmall } from './node/hold-nursery-small.ts'
import { readBuiltFrom } from './node/read-built-from.ts'

const ending = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => ending.abort(name))
// Children of the watchdog write into files, so nobody may end it by closing a pipe.
process.stdout.on('error', () => {})
process.umask(0o077)

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string }

const growNursery = holdNurserySmall()
// Loaded late, since what it loads is what the nursery is held small for.
const { runDaemon } = await import('./run-daemon.ts')
process.exitCode = await runDaemon({
  argv: process.argv.slice(2),
  environment: process.env,
  home: homedir(),
  version,
  revision: readBuiltFrom(fileURLToPath(import.meta.url), version),
  pid: process.pid,
  signal: ending.signal,
  write: { stdout: (text) => process.stdout.write(text), stderr: (text) => process.stderr.write(text) },
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
  onHangup: (handle) => void process.on('SIGHUP', handle),
  onInputEnd: (handle) => {
    process.stdin.on('end', handle).on('error', handle).resume()
  },
  growNursery,
  onCrash: (handle) => {
    process.on('uncaughtException', (error) => process.exit(handle(error)))
  },
})
// Something may still hold the loop open, such as a look at a service that never answers; nothing waits for it.
process.exit()
