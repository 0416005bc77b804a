import { exitCodes } from '@sanctum/contracts'
import type { RoleName } from './role.ts'

const roles: Readonly<Record<RoleName, string>> = {
  watchdog: 'observes and judges every service (port 2187); supervises them where neither launchd nor systemd runs',
  failsafe: 'watches the watchdog, and brings it back when it is dead or stands still',
  router: 'answers for every model server, and asks the next where one fails (port 8900)',
  dashboard: 'shows the haus on one page and in one document (port 1111)',
}

export function renderHelp(): string {
  return `sanctumd <role> [--home DIR] [--port N] [--cycle SECONDS]

One process per role. sanctumctl up starts the roles; by hand is for a test.

Roles:
${Object.entries(roles)
  .map(([name, what]) => `  ${name.padEnd(10)} ${what}`)
  .join('\n')}

Options:
  --home DIR        the home of Sanctum; SANCTUM_HOME or ~/.sanctum without it
  --port N          the port on 127.0.0.1; the catalog's without it
  --cycle SECONDS   the period of the loop; the settings' of the role without it
  --config FILE     router: the servers and routes from one YAML file; those of the haus without it
  --token-file FILE router: who asks a model must show what this file holds
  --bind ADDRESS    router: 127.0.0.1 without it; another wants --token-file, --tls-cert and --tls-key
  --tls-cert FILE   router: its certificate; it is then asked by https
  --tls-key FILE    router: the key of that certificate
  --attached        router: end when standard input ends
  --version         print the version
  -h, --help        print this help

Exit codes:
${Object.values(exitCodes)
  .map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`)
  .join('\n')}`
}
