import { exitCodes } from '@sanctum/contracts'
import type { RoleName } from './role.ts'

const roles: Readonly<Record<RoleName, string>> = {
  watchdog: 'observes and judges every service (port 2187); supervises them where neither launchd nor systemd runs',
  failsafe: 'watches the watchdog, and brings it back when it is dead or stands still',
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
  --version         print the version
  -h, --help        print this help

Exit codes:
${Object.values(exitCodes)
  .map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`)
  .join('\n')}`
}
