import { stat } from 'node:fs/promises'
import { judgeAge } from '../judge-age.ts'
import type { Sight } from '../judge-answer.ts'
import type { FileTarget } from '../kinds/file.ts'
import type { ProbeOf } from '../probe-kind.ts'
import { toFileSight } from './file-sight.ts'

export async function observeFile(_probe: ProbeOf<'file'>, { path, maxAgeMs }: FileTarget): Promise<Sight> {
  try {
    const { mtimeMs } = await stat(path)
    return judgeAge(Date.now() - mtimeMs, maxAgeMs, 'written')
  } catch (error) {
    return toFileSight(path, error)
  }
}
