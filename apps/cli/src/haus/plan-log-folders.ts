import { compareText, type Haus, type Step } from '@sanctum/contracts'

/** Makes the folders into which the services log. systemd and launchd open the files, but start nothing where the folder is missing. */
export function planLogFolders({ services }: Pick<Haus, 'services'>): { readonly root: string; readonly steps: readonly Step[] }[] {
  const files = Object.values(services)
    .filter(({ run, container }) => run !== null || container !== null)
    .flatMap(({ logs }) => [logs.stdout, logs.stderr])
  const folders = [...new Set(files.map((file) => file.slice(0, file.lastIndexOf('/'))))].filter((folder) => folder !== '')
  return folders.sort(compareText).map((root) => ({ root, steps: [{ do: 'make-directory', path: root, mode: '0700' }] }))
}
