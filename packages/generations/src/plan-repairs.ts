import type { Step, Surface } from '@sanctum/contracts'
import { backupOf, folderOf, type HomeLayout } from './home-layout.ts'
import type { GenerationPlan, Repair } from './plan-generation.ts'
import { planKeep } from './plan-keep.ts'

/** The steps that put damaged files of the current generation back, each damaged copy kept first. */
export function planRepairs(layout: HomeLayout, { repairs, seen }: GenerationPlan): Step[] {
  const number = seen.current?.number
  if (number === undefined || repairs.length === 0) return []
  return [
    ...repairs.flatMap((repair) =>
      planRepair(layout, { path: `${layout.surfaces(number)}/${repair.path}`, staged: `${layout.scratch}/${repair.path}` }, repair),
    ),
    { do: 'remove-tree', path: layout.scratch },
  ]
}

function planRepair(layout: HomeLayout, { path, staged }: { path: string; staged: string }, { surface, damaged }: Repair): Step[] {
  const keep: Step[] = damaged === null ? [{ do: 'remove-tree', path }] : planKeep(layout, path, damaged, backupOf(layout, path, damaged))
  const put: Step[] = surface === null ? [{ do: 'remove-file', path }] : planPut(path, staged, surface)
  return [...keep, ...put, { do: 'sync-directory', path: folderOf(path) }]
}

function planPut(path: string, staged: string, { mode, content }: Surface): Step[] {
  return [
    { do: 'make-directory', path: folderOf(staged), mode: '0755' },
    { do: 'write', path: staged, mode, content },
    { do: 'sync-files', paths: [staged] },
    { do: 'make-directory', path: folderOf(path), mode: '0755' },
    { do: 'rename', from: staged, to: path },
  ]
}
