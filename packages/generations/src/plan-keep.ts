import type { Step } from '@sanctum/contracts'
import { folderOf, foldersDownTo, type HomeLayout } from './home-layout.ts'

/** The steps that keep a copy of a file that is about to go. Only a whole copy ever has the name of the backup. */
export function planKeep(layout: HomeLayout, path: string, digest: string, backup: string): Step[] {
  const copy = `${layout.scratch}/kept`
  return [
    { do: 'make-directory', path: layout.scratch, mode: '0700' },
    { do: 'copy', from: path, to: copy, mode: '0600', digest },
    { do: 'sync-files', paths: [copy] },
    { do: 'make-directory', path: folderOf(backup), mode: '0700' },
    { do: 'rename', from: copy, to: backup },
    ...foldersDownTo(layout.home, folderOf(backup)).map((folder): Step => ({ do: 'sync-directory', path: folder })),
  ]
}
