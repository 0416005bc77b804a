import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../test/checkout-copy.ts'
import { plantedTree } from '../test/planted-tree.ts'
import { checkWorkflows, judgeWorkflow } from './workflows.ts'

const [ci, release] = ['ci', 'release'].map((name) => readFileSync(join(repository, `.github/workflows/${name}.yml`), 'utf8')) as [
  string,
  string,
]

test('the workflows of this repository are clean', async () => {
  expect(await checkWorkflows(repository)).toEqual([])
})

test.each<[string, string, string | RegExp, string, string]>([
  ['a tag in place of a commit', ci, '08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0', 'v5', 'not pinned'],
  ['a short digest', ci, '08c6903cd8c0fde910a37f88322edcfb5dd907a8', '08c6903', 'not pinned'],
  ['no version beside the digest', ci, ' # v5.0.0', '', 'which version'],
  ['rights for the whole workflow', ci, 'permissions: {}', 'permissions:\n  contents: write', 'permissions of its own'],
  ['all rights', ci, 'permissions: {}', 'permissions: write-all', 'permissions of its own'],
  ['a job that may write', ci, 'contents: read', 'contents: write', 'may write contents'],
  ['an identity where none is needed', ci, 'contents: read', 'contents: read\n      id-token: write', 'may write id-token'],
  ['a job without permissions', ci, /permissions:\n {6}contents: read\n/, '', 'does not name the permissions'],
  ['a job without an end', ci, /timeout-minutes: 45\n/, '\n', 'timeout-minutes'],
  ['the token left behind', ci, 'persist-credentials: false', 'fetch-depth: 1', 'leaves the token'],
  ['code of strangers with our rights', ci, 'pull_request:', 'pull_request_target:', 'stranger'],
  ['a cache in CI', ci, 'package-manager-cache: false', 'cache: npm', 'keep a cache'],
  [
    'a cache in the release',
    release,
    'fetch-depth: 0',
    `fetch-depth: 0\n      - uses: actions/cache/save@${'a'.repeat(40)} # v4.3.0\n        with: {}`,
    'uses a cache',
  ],
  ['a release that may write contents', release, 'contents: read', 'contents: write', 'may write contents'],
  ['a name of a tag inside of a script', release, '"$TAG"', '$' + '{{ github.ref_name }}', 'puts an expression into a script'],
  ['no provenance', release, ' --provenance', '', 'without provenance'],
  ['pnpm without provenance', release, /npm publish (.*) --provenance/, 'pnpm publish $1', 'without provenance'],
  ['a secret of the step', release, 'GH_TOKEN: $' + '{{ github.token }}', 'T: $' + '{{ secrets.NPM }}', 'outlives the run'],
  ['a token of the job', release, '    environment: npm\n', '    environment: npm\n    env: { NODE_AUTH_TOKEN: x }\n', 'outlives the run'],
  ['a token of the workflow', release, 'permissions: {}', 'permissions: {}\nenv: { NPM_TOKEN: x }', 'outlives the run'],
  ['an action between braces', ci, '- run: .ci/run', '- { uses: foo/bar@main }\n      - run: .ci/run', 'a line of its own'],
  ['a floating Node', release, 'node-version: 24.15.0', 'node-version: 24', 'whichever Node'],
  [
    'an install beside the identity',
    release,
    '- name: What was attested',
    '- run: npm ci\n      - name: What was attested',
    'beside the right to its identity',
  ],
  ['code beside the identity', release, 'permissions:\n      contents: read', 'permissions:\n      id-token: write', 'beside the right'],
  ['a token of long life', release, 'npm publish', 'NODE_AUTH_TOKEN=x npm publish', 'outlives the run'],
])('planted: %s', (_what, text, from, to, found) => {
  const planted = text.replace(from, to)
  expect(planted).not.toBe(text)
  expect(judgeWorkflow('x.yml', planted).join('\n')).toContain(found)
})

test('planted: what GitHub itself would refuse', async () => {
  const wrong = ci
    .replace('timeout-minutes: 45', 'timeout-minutes: 45\n    needs: nobody')
    .replace('run: .ci/run', 'rn: .ci/run')
    .replace('ubuntu-24.04', 'ubuntu-42')
  const problems = (await checkWorkflows(plantedTree({ '.github/workflows/ci.yml': wrong }))).join('\n')
  expect(problems).toContain('nobody')
  expect(problems).toContain('ubuntu-42')
  expect(problems).toContain('"rn"')
})
