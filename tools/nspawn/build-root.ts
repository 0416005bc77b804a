import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { appendFile, chmod, chown, mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What is asked of Debian: systemd as process 1, what the manager of an ordinary user needs, and the libraries of Node. */
const packages = ['systemd', 'systemd-sysv', 'dbus', 'libpam-systemd', 'dbus-user-session', 'procps', 'libatomic1', 'libstdc++6']
const suite = 'bookworm'

/** An ordinary user whose manager runs without a login. */
export const operator = { name: 'neo', uid: 1000, home: '/home/neo' } as const

const accounts = {
  'etc/passwd': `${operator.name}:x:${operator.uid}:${operator.uid}::${operator.home}:/bin/bash\n`,
  'etc/group': `${operator.name}:x:${operator.uid}:\n`,
  'etc/shadow': `${operator.name}:*:19700:0:99999:7:::\n`,
}

/** Of no use in a machine that lives for a minute, and each of them takes time or wakes up while it is watched. */
const masked = ['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer', 'fstrim.timer']

/** Where roots are kept between runs. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sanctum/nspawn')
}

/** The folder of a small Debian with systemd, made once for each recipe. Two that make it at the same time both come out with a whole one. */
export async function buildRoot(folder: string, say: (line: string) => void): Promise<string> {
  const recipe = createHash('sha256').update(JSON.stringify({ suite, packages, accounts, masked })).digest('hex').slice(0, 16)
  const root = join(folder, `${suite}-${recipe}`)
  if (existsSync(root)) return root
  await mkdir(folder, { recursive: true })
  await removeLeftBehind(folder)
  const building = await mkdtemp(join(folder, UNFINISHED))
  say(`debootstrap of ${suite} into ${folder}, once …`)
  try {
    // The root folder of a machine, into which every user looks.
    await chmod(building, 0o755)
    await debootstrap(building)
    await furnish(building)
    await rename(building, root)
  } catch (error) {
    await rm(building, { recursive: true, force: true })
    if (!existsSync(root)) throw error
  }
  return root
}

/** Only a finished root has the name that is looked for, so one whose build was cut short is never taken for one. */
const UNFINISHED = 'building-'

/** By a build that was killed. */
async function removeLeftBehind(folder: string): Promise<void> {
  const hourAgo = Date.now() - 3_600_000
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if (name.startsWith(UNFINISHED) && (await stat(path)).mtimeMs < hourAgo) await rm(path, { recursive: true, force: true })
  }
}

/** In namespaces of its own, and no longer than we live: what it mounts and starts is gone with it, however it ends. */
const alone = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child']

function debootstrap(target: string): Promise<void> {
  const line = ['debootstrap', '--variant=minbase', `--include=${packages.join(',')}`, suite, target]
  return new Promise((resolve, reject) => {
    const child = spawn('setpriv', [...alone, ...line], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`debootstrap ended with ${code}: ${said.trim().split('\n').slice(-3).join(' ')}`)),
    )
  })
}

async function furnish(root: string): Promise<void> {
  for (const [file, line] of Object.entries(accounts)) await appendFile(join(root, file), line)
  const home = join(root, operator.home)
  await mkdir(home, { mode: 0o700 })
  await chown(home, operator.uid, operator.uid)
  await mkdir(join(root, 'var/lib/systemd/linger'), { recursive: true })
  await writeFile(join(root, 'var/lib/systemd/linger', operator.name), '')
  for (const unit of masked) await symlink('/dev/null', join(root, 'etc/systemd/system', unit))
  for (const folder of ['var/cache/apt', 'var/lib/apt/lists']) await rm(join(root, folder), { recursive: true, force: true })
}

if (import.meta.main) await buildRoot(cacheFolder(process.env), (line) => console.error(`test: ${line}`))
