import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { renderHaus } from '@sanctum/render'
import { buildHaus, buildRun, buildService } from '@sanctum/testkit'
import { createTemporaryFolder, sha256 } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'

const run = promisify(execFile)

function renderPrograms(command: readonly string[]): ReadonlyMap<string, string> {
  const haus = buildHaus([buildService('mlx', { run: buildRun([...command], { cwd: '/srv' }) })])
  const { surfaces } = renderHaus(haus, { digest: sha256 })
  return new Map(surfaces.filter(({ target }) => target === 'programs').map(({ subject, content }) => [subject, content]))
}

const program = renderPrograms(['/usr/bin/python3', '/home/neo/.sanctum/current/surfaces/bin/mlx-server-with-caps']).get(
  'mlx-server-with-caps',
)

test('only a host that starts something through it has it', () => {
  expect(renderPrograms(['/usr/bin/true']).has('mlx-server-with-caps')).toBe(false)
  expect(program).toMatch(/^#!\/usr\/bin\/env python3\n/)
})

/** A library that only writes down what it was told, in the place of MLX, which runs on a Mac alone. */
async function play(version: 'new' | 'old' | 'none', ...args: string[]) {
  await using folder = await createTemporaryFolder('sanctum-mlx-')
  const cap = "def set_cache_limit(size):\n    print('cap', size)\n"
  const files = {
    'mlx/__init__.py': '',
    'mlx/core.py': version === 'new' ? cap : version === 'old' ? `class metal:\n    @staticmethod\n    ${cap.replace('\n', '\n    ')}` : '',
    'mlx_lm/__init__.py': "print('loaded')\n",
    'mlx_lm/server.py': "import sys\ndef main():\n    print('main', *sys.argv)\n",
    'mlx-server-with-caps': program ?? '',
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder.path, path, '..'), { recursive: true })
    await writeFile(join(folder.path, path), text)
  }
  return await run('python3', [join(folder.path, 'mlx-server-with-caps'), ...args]).then(
    ({ stdout }) => ({ code: 0, said: stdout.trim().split('\n') }),
    ({ code, stderr }) => ({ code, said: [stderr.trim()] }),
  )
}

test.each([
  ['new', ['--model', 'm', '--port', '8901'], ['cap 1073741824', 'loaded', 'main mlx_lm.server --model m --port 8901']],
  ['old', ['--cache-limit-mb', '512', '--model', 'm'], ['cap 536870912', 'loaded', 'main mlx_lm.server --model m']],
  ['new', ['--cache-limit-mb=2', '--model', 'm'], ['cap 2097152', 'loaded', 'main mlx_lm.server --model m']],
] as const)('with a %s MLX the cap stands before anything is loaded: %j', async (version, args, said) => {
  expect(await play(version, ...args)).toEqual({ code: 0, said })
})

test.each([
  ['none', [], 69, 'has no limit for its cache'],
  ['new', ['--cache-limit-mb'], 64, 'needs a number of MB'],
  ['new', ['--cache-limit-mb', '0'], 64, 'above 0'],
  ['new', ['--cache-limit-mb', '1e3'], 64, 'above 0'],
] as const)('with a %s MLX and %j it refuses with %d', async (version, args, code, said) => {
  expect(await play(version, ...args)).toEqual({ code, said: [expect.stringContaining(said)] })
})
