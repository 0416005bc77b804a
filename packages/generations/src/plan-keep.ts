import type { Step } from '@sanctum/contracts'
import { besideOf, folderOf, foldersDownTo, type HomeLayout } from './home-layout.ts'

/** The steps that keep a copy of a file that is about to go. Only a whole copy ever has the name of the backup. */
export function planKeep(layout: HomeLayout, path: string, digest: string, backup: string): Step[] {
  const beside = besideOf(backup)
  return [
    { do: 'make-directory', path: folderOf(backup), mode: '0700' },
    { do: 'remove-file', path: beside },
    { do: 'copy', from: path, to: beside, mode: '0600', digest },
    { do: 'sync-files', paths: [beside] },
    { do: 'rename', from: beside, to: backup },
    ...foldersDownTo(layout.home, folderOf(backup)).map((folder): Step => ({ do: 'sync-directory', path: folder })),
  ]
}
