import { globSync } from 'node:fs'
import { runProgram } from './run-program.ts'

/** Each room twice: its pure half without Node's types, and all of it with them. Declarations are the build's part. */
export async function checkTypes(root: string): Promise<readonly string[]> {
  const projects = globSync(['tsconfig.json', '{packages,apps}/*/tsconfig{,.pure}.json', 'tools/tsconfig.json'], { cwd: root })
  const seen = new Set<string>()
  for (const project of projects.toSorted()) {
    for (const line of await runProgram(root, 'tsc', ['-p', project, '--pretty', 'false'])) seen.add(line)
  }
  return [...seen]
}
