import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** What one run of the program loaded. */
export interface StartTrace {
  readonly chunks: readonly LoadedChunk[]
  /** Modules of Node that a start of Node alone does not load. */
  readonly builtins: readonly string[]
  readonly tookMs: number
  readonly status: number | null
}

export interface LoadedChunk {
  readonly file: string
  readonly bytes: number
  /** ms after the first file was asked for. */
  readonly atMs: number
  /** Source files that were bundled into it. */
  readonly modules: readonly string[]
}

/** Runs the program with a hook in the loader of Node, and reads the bundler's own notes of what each chunk is made of. */
export function traceStart(args: readonly string[], { env }: { readonly env: Readonly<Record<string, string>> }): StartTrace {
  const folder = mkdtempSync(join(tmpdir(), 'trace-'))
  const report = join(folder, 'report.json')
  try {
    const begun = performance.now()
    const { status } = spawnSync(process.execPath, ['--import', hook(report), ...args], {
      env: { PATH: process.env.PATH, ...env } as NodeJS.ProcessEnv,
      stdio: 'ignore',
    })
    const tookMs = performance.now() - begun
    const { files, builtins } = JSON.parse(readFileSync(report, 'utf8')) as Report
    return { chunks: files.map(({ path, atMs }) => toChunk(path, atMs)), builtins, tookMs, status }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Third-party packages in what was loaded, with the bytes of the chunks that hold them. */
export function packagesIn({ chunks }: StartTrace): readonly string[] {
  const names = chunks.flatMap(({ modules }) => modules.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []))
  return [...new Set(names)].sort()
}

interface Report {
  readonly files: readonly { readonly path: string; readonly atMs: number }[]
  readonly builtins: readonly string[]
}

function hook(report: string): string {
  const code = `import { registerHooks } from 'node:module'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
const before = new Set(process.moduleLoadList)
const files = []
let begun = null
registerHooks({ load(url, context, next) {
  if (url.startsWith('file:')) {
    begun ??= performance.now()
    files.push({ path: fileURLToPath(url), atMs: performance.now() - begun })
  }
  return next(url, context)
} })
process.on('exit', () => {
  const builtins = process.moduleLoadList.filter((name) => !before.has(name) && name.startsWith('NativeModule ') && !name.includes('internal/'))
  writeFileSync(${JSON.stringify(report)}, JSON.stringify({ files, builtins: builtins.map((name) => name.slice(13)) }))
})`
  return `data:text/javascript,${encodeURIComponent(code)}`
}

function toChunk(path: string, atMs: number): LoadedChunk {
  const text = readFileSync(path, 'utf8')
  const modules = [...text.matchAll(/^\/\/ ((?:\.\.\/|src\/)\S+\.(?:ts|js|mjs|cjs))$/gm)].map(([, module]) => module as string)
  return { file: basename(path), bytes: text.length, atMs, modules }
}
