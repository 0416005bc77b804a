import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plantBuild } from './crash/plant-build.ts'
import { findProcesses, readEnvelope } from './support/test-haus.ts'
import { codesOf, old, openToyHaus } from './support/toy-haus.ts'
import { createToyRepository, type ToyRepository } from './support/toy-repository.ts'

const execute = promisify(execFile)
let scratch = ''
let toy: ToyRepository

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sanctum limits '))
  toy = await createToyRepository(join(scratch, 'toy'), { only: ['docs', 'logic', 'fails-docs'] })
})
afterAll(() => rm(scratch, { recursive: true, force: true, maxRetries: 5 }))

const isLong = process.env['SANCTUM_TEST_LONG'] === '1'

// Only in a mount namespace of its own; as an ordinary user with a user namespace around it.
const own = process.geteuid?.() === 0 ? ['-m'] : ['-rm']
const mayMount = process.platform === 'linux' && spawnSync('unshare', [...own, 'true']).status === 0

describe('an upgrade that may not, or cannot go on', { concurrent: true, timeout: 300_000 }, () => {
  test('a plan leaves nothing behind in home and checkout, not even what it fetched; planted: one that fetches for real is caught', async () => {
    await using haus = await openToyHaus(scratch, toy, 'base')
    expect((await haus.run('render', '--set', 'services.dashboard.title=Board')).code).toBe(0)
    await haus.run('down')
    // The checkout has never heard of the revision.
    for (const name of ['docs', 'logic', 'fails-docs']) await haus.git('update-ref', '-d', `refs/remotes/origin/${name}`)
    await haus.git('reflog', 'expire', '--expire=now', '--all')
    await haus.git('gc', '--quiet', '--prune=now')
    const before = await digestTree(haus.home)
    const planned = await haus.run('upgrade', '--plan', '--to', 'logic', '--json')
    expect([planned.code, readEnvelope(planned).data]).toMatchObject([2, { outcome: 'planned', to: toy.revisions.logic, change: 'logic' }])
    // The docs were never built, and a plan builds nothing.
    expect(codesOf(planned)).toContain('UPGRADE_NOT_LOOKED')
    const back = await haus.run('rollback', '--plan')
    expect([back.code, back.stdout]).toEqual([
      2,
      expect.stringMatching(/steps: swap → doctor → verify → confirm\nnext: sanctumctl rollback\n/),
    ])
    expect(await digestTree(haus.home)).toEqual(before)
    await expect(haus.git('cat-file', '-e', toy.revisions.logic)).rejects.toThrow()
    await rm(join(haus.checkout, 'apps/cli/dist'), { recursive: true })
    const planted = plantBuild(await mkdtemp(join(scratch, 'planted ')), { instead: '"fetch", "--dry-run",', put: '"fetch",' })
    await cp(dirname(planted), join(haus.checkout, 'apps/cli/dist'), { recursive: true })
    const replaced = await digestTree(haus.home)
    expect((await haus.run('upgrade', '--plan', '--to', 'logic')).code).toBe(2)
    const after = await digestTree(haus.home)
    const changed = Object.keys(after).filter((path) => after[path] !== replaced[path])
    expect(changed).toContainEqual(expect.stringMatching(/^checkout\/\.git\//))
  })

  test('it refuses for every reason at once with what passes it over, and passes over only what is named', async () => {
    await using haus = await openToyHaus(scratch, toy, 'logic')
    expect((await haus.run('stability', 'start')).code).toBe(0)
    expect((await haus.run('lease', 'open', 'dashboard', '--reason', 'a test', '--for', '5m')).code).toBe(0)
    // A consumer relies on an answer that nobody has tried.
    await writeAll(haus.checkout, contracts)
    await haus.git('add', '--all')
    await haus.git('commit', '--quiet', '--message', 'Mine alone')
    await writeAll(haus.checkout, { 'packages/router-failover/src/mine.ts': 'export const mine = 1\n', 'toy/fail-docs': '' })
    // A file of the generation is damaged: the machine differs, and doctor is red.
    await writeFile(join(haus.sanctumHome, 'current/surfaces/services/dashboard.yaml'), 'id: mine\n')
    const refused = await haus.run('upgrade', '--json')
    expect([refused.code, codesOf(refused).toSorted()]).toEqual([1, speaking])
    const texts = (readEnvelope(refused).data.findings ?? []).map(({ subject, fix }) => [subject, fix?.text])
    for (const [id, text] of texts) expect(text).toMatch(new RegExp(`: sanctumctl upgrade --despite ${id}$`))
    expect((await haus.pointers()).current).toBe('generations/1')
    expect((await haus.run('upgrade', '--despite', 'mood')).code).toBe(64)
    const despite = reasons.flatMap((id) => ['--despite', id])
    // Each by its own name, and by no other.
    const some = await haus.run('upgrade', '--plan', '--json', ...despite.slice(0, -2))
    expect([codesOf(some).filter((code) => code !== 'UPGRADE_DESPITE'), readEnvelope(some).data['next']]).toEqual([
      ['UPGRADE_LEASE_OPEN'],
      `sanctumctl upgrade ${despite.join(' ')}`,
    ])
    const passed = await haus.run('upgrade', '--json', ...despite)
    // The checkout has a commit of its own, so it stays where it is, and that is told.
    expect([passed.code, codesOf(passed)]).toEqual([1, expect.arrayContaining(['UPGRADE_DESPITE', 'CHECKOUT_LEFT'])])
    expect((await haus.receipt()).despite.toSorted()).toEqual(reasons.toSorted())
    expect((await haus.history())[0]?.despite.toSorted()).toEqual(reasons.toSorted())
  })

  test.skipIf(!mayMount)(
    'a disk that fills up while it runs (needs a mount namespace): old and whole; at full length: with room it goes through',
    async () => {
      await using haus = await openToyHaus(scratch, toy, 'logic')
      await haus.run('down')
      await rm(haus.sanctumHome, { recursive: true })
      await mkdir(haus.sanctumHome)
      // All that the haus does happens in there, and ends with the last of its processes.
      const { stdout } = await execute('unshare', [...own, 'sh', '-c', fillUp, 'sh', haus.launcher, isLong ? '40' : ''], {
        cwd: haus.home,
        env: { ...haus.env } as NodeJS.ProcessEnv,
        timeout: 240_000,
      })
      const rounds = stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' '))
      expect(rounds).toHaveLength(isLong ? 4 : 2)
      for (const [leftKb, tried, upgrade, full, revert, ...stands] of rounds.slice(0, isLong ? 3 : 2)) {
        // Behind the swap there may be no room to go back either: then it is told, and who makes room and types what it says has it back.
        const isTold = leftKb === 'swap' && upgrade === '4' && full === 'generations/2' && revert === '3'
        const isOld =
          ['3', '69', '73', '1'].includes(upgrade as string) && full === 'generations/1' && ['0', '3'].includes(revert as string)
        expect([leftKb, tried, isTold || isOld, ...stands]).toEqual([
          leftKb,
          'filled',
          true,
          'generations/1=generations/1',
          toy.revisions.base,
          '0',
        ])
      }
      if (isLong) expect(rounds[3], await readFile(join(haus.home, 'said'), 'utf8')).toEqual(['room', '0', toy.revisions.logic])
      expect(await findProcesses(haus.home)).toEqual([])
    },
  )
})

describe('an upgrade that is cut off, one time after the other', { timeout: 300_000 }, () => {
  let haus: Awaited<ReturnType<typeof openToyHaus>>
  beforeAll(async () => {
    haus = await openToyHaus(scratch, toy, 'logic')
  })
  afterAll(() => haus[Symbol.asyncDispose]())

  test('killed while the documentation is built, before or after the swap, everything is as it was', async () => {
    // Documentation alone: no generation moves.
    await haus.killAt('docs', '--to', toy.revisions.docs)
    expect((await haus.run('revert', '--json')).code).toBe(0)
    expect([(await haus.record())?.outcome, await haus.stand()]).toEqual(['reverted', old])
    // Behind the swap.
    await haus.killAt('docs', '--to', toy.revisions['fails-docs'], '--yes')
    expect([0, 2, 3]).toContain((await haus.run('revert', '--json')).code)
    expect([(await haus.record())?.outcome, await haus.stand()]).toEqual(['reverted', old])
  })

  test('Ctrl+C: everything is taken back, the terminal is told, and the exit says that somebody stopped it', async () => {
    const { child, ended } = await haus.holdAt('verify')
    child.kill('SIGINT')
    const end = await ended
    expect([end.code, end.stderr]).toEqual([
      130,
      expect.stringMatching(/going back to [\s\S]*the upgrade is reverted: verify: it was told to stop/),
    ])
    expect([(await haus.record())?.outcome, await haus.stand()]).toEqual(['reverted', old])
    // Before the swap there is nothing to take back.
    const early = await haus.holdAt('render')
    early.child.kill('SIGINT')
    expect([(await early.ended).code, (await haus.record())?.outcome]).toEqual([130, 'abandoned'])
  })

  test('a record that cannot be read is told by doctor and by down, nothing is changed on top of it, and revert sets it aside', async () => {
    await writeFile(join(haus.sanctumHome, 'state/upgrade.json'), '{ "schema_ver')
    const doctor = await haus.run('doctor', '--quick', '--json')
    expect([doctor.code, codesOf(doctor)]).toEqual([1, ['UPGRADE_RECORD_DAMAGED']])
    const changed = await haus.run('render', '--set', 'services.dashboard.title=Board', '--json')
    expect([changed.code, codesOf(changed)]).toEqual([1, ['UPGRADE_RECORD_DAMAGED']])
    const down = await haus.run('down', '--json')
    expect([down.code, codesOf(down), readEnvelope(down).data['stopped']]).toMatchObject([1, ['UPGRADE_RECORD_DAMAGED'], { length: 2 }])
    const revert = await haus.run('revert', '--json')
    expect([revert.code, codesOf(revert)]).toEqual([0, ['UPGRADE_RECORD_SET_ASIDE']])
    expect(await readFile(join(haus.sanctumHome, 'state/upgrade.json.damaged'), 'utf8')).toBe('{ "schema_ver')
    expect((await haus.run('up')).code).toBe(0)
    expect((await haus.run('doctor', '--quick')).code).toBe(0)
  })
})

const reasons = [
  ...['stability-window', 'doctor-red', 'runtime-drift', 'contract-unverified', 'docs-red'],
  ...['checkout-dirty', 'checkout-diverged', 'lease-open'],
]
const speaking = [
  ...['UPGRADE_CHECKOUT_DIRTY', 'UPGRADE_CHECKOUT_DIVERGED', 'UPGRADE_CONTRACT_UNVERIFIED', 'UPGRADE_DOCS_RED'],
  ...['UPGRADE_DOCTOR_RED', 'UPGRADE_LEASE_OPEN', 'UPGRADE_ON_DRIFT', 'UPGRADE_WINDOW_ACTIVE'],
]

const who =
  'schema_version: 1\nabout: A repository of the tests.\nversion: 1.0.0\nowner: keeper\nowners: { keeper: { about: Answers for it. } }\n'
const contracts = {
  'sanctum.contract.yaml': `${who}repository: till
provides:
  services: { till: { about: Takes money. } }
  endpoints: { price: { service: till, path: /price, sources: [docs], about: What it costs. } }
neighbours: { shop: { contract: neighbours/shop } }
`,
  'neighbours/shop/sanctum.contract.yaml': `${who}repository: shop
expects:
  endpoints:
    price:
      from: till
      about: It reads the answer.
      examples:
        - request: { path: /price }
          response: { status: 200, content_type: application/json, body: { cents: 100 } }
`,
}

/** Upgrades on a disk that fills up, makes room, takes back what was left, and says how all ended and what stands; at full length it upgrades with room then. */
const fillUp = `
set -u
mount -t tmpfs -o mode=700,size=64m tmpfs "$HOME/.sanctum"
"$1" up >/dev/null 2>&1 || exit 9
fill() {
  case $1 in
    swap)
      while [ "$(readlink "$HOME/.sanctum/current")" = generations/1 ]; do sleep 0.01; done
      cat /dev/zero >"$HOME/.sanctum/filler" ;;
    *)
      room=$(df --output=avail -k "$HOME/.sanctum" | tail -n 1)
      head -c $(( (room - $1) * 1024 )) /dev/zero >"$HOME/.sanctum/filler" ;;
  esac
}
# Without room for a note (at full length), with room that ends while it builds, and with none from the swap on.
for left in $2 900 swap; do
  filling=; if [ $left = swap ]; then fill swap 2>/dev/null & filling=$!; else fill $left; fi
  "$1" upgrade --despite doctor-red >"$HOME/said" 2>&1; upgrade=$?
  full=$(readlink "$HOME/.sanctum/current")
  # Where it ended before its swap nothing was filled, and the round has tried nothing.
  tried=filled; if [ -n "$filling" ]; then kill $filling 2>/dev/null; wait $filling; [ -s "$HOME/.sanctum/filler" ] || tried=nothing; fi
  rm -f "$HOME/.sanctum/filler"
  "$1" revert --now >>"$HOME/said" 2>&1; revert=$?
  "$1" doctor --quick >>"$HOME/said" 2>&1; doctor=$?
  echo "$left $tried $upgrade $full $revert $(readlink "$HOME/.sanctum/current")=$(readlink "$HOME/.sanctum/confirmed") $(git -C "$HOME/checkout" rev-parse HEAD) $doctor"
done
if [ -n "$2" ]; then
  "$1" upgrade >"$HOME/said" 2>&1
  echo "room $? $(git -C "$HOME/checkout" rev-parse HEAD)"
fi
"$1" down >/dev/null 2>&1
`

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

/** Every file, folder and link of a tree, with its mode and what is in it. */
async function digestTree(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(folder, { recursive: true })
  const rows = names.sort().map(async (name): Promise<[string, string]> => {
    const path = join(folder, name)
    const seen = await lstat(path)
    if (seen.isSymbolicLink()) return [name, `link ${await readlink(path)}`]
    if (!seen.isFile()) return [name, `folder ${seen.mode}`]
    return [
      name,
      `${seen.mode} ${createHash('sha256')
        .update(await readFile(path))
        .digest('hex')}`,
    ]
  })
  return Object.fromEntries(await Promise.all(rows))
}
