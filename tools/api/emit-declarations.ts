import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '../checks/run-program.ts'

/**
 * The declarations of every package as a build would write them, by path from the root: `packages/catalog/src/index.d.ts`. All of them
 * come from one run over the sources, so that nothing built before can stand in. By one thread, because several may write the
 * members of a union in another order.
 */
export async function emitDeclarations(root: string): Promise<ReadonlyMap<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'declarations-'))
  try {
    const project = join(folder, 'tsconfig.json')
    writeFileSync(project, JSON.stringify(toProject(root, join(folder, 'out'))))
    const complaints = await runProgram(root, 'tsc', ['-p', project, '--singleThreaded', '--pretty', 'false'])
    if (complaints.length > 0) throw new Error(`the declarations cannot be made: ${complaints.slice(0, 5).join('\n')}`)
    const files = globSync('packages/*/src/**/*.d.ts', { cwd: join(folder, 'out') })
    return new Map(files.map((file) => [file, readFileSync(join(folder, 'out', file), 'utf8')]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function toProject(root: string, outDir: string): object {
  return {
    extends: join(root, 'tools/typescript/base.json'),
    compilerOptions: {
      rootDir: root,
      outDir,
      declaration: true,
      emitDeclarationOnly: true,
      // What is said about a thing is no part of its form.
      removeComments: true,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
      customConditions: ['@sanctum/source'],
    },
    include: [join(root, 'packages/*/src/**/*.ts')],
    exclude: [join(root, 'packages/*/src/**/*.test.ts')],
  }
}
