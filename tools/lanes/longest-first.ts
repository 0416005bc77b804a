import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { pairedFiles, waitingFiles } from './paired-files.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const places = new Map([...waitingFiles, ...pairedFiles].map((file, place) => [file, place]))

/** Starts the files that run side by side in the order of their lists; all others as vitest would. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => toPlace(a) - toPlace(b))
  }
}

function toPlace({ moduleId }: TestSpecification): number {
  return places.get(relative(repository, moduleId)) ?? places.size
}
