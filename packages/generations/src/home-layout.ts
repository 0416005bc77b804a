export interface HomeLayout {
  readonly home: string
  readonly generations: string
  readonly current: string
  readonly confirmed: string
  readonly services: string
  readonly state: string
  readonly intent: string
  readonly trial: string
  readonly pins: string
  /** What the last render that changed nothing more went by, so that the next one need not think it through again. */
  readonly receipt: string
  /** What the texts of the catalog came to when they were last read, so that the same texts need not be read again. */
  readonly catalogMemo: string
  readonly backups: string
  /** Where single files are written before they take their place. */
  readonly scratch: string
  generation(number: number): string
  surfaces(number: number): string
  document(number: number): string
  /** What the generation was resolved to, for those who must act when the catalog cannot be read. */
  haus(number: number): string
  /** Where a generation is written before it has its number for a name. */
  staging(number: number): string
  /** Where a generation goes to be removed. */
  trash(number: number): string
}

/** Where everything lies below SANCTUM_HOME. */
export function homeLayout(home: string): HomeLayout {
  const generation = (number: number) => `${home}/generations/${number}`
  return {
    home,
    generations: `${home}/generations`,
    current: `${home}/current`,
    confirmed: `${home}/confirmed`,
    services: `${home}/services`,
    state: `${home}/state`,
    intent: `${home}/state/intent.json`,
    trial: `${home}/state/trial.json`,
    pins: `${home}/state/pins.json`,
    receipt: `${home}/state/render-receipt.json`,
    catalogMemo: `${home}/state/catalog-memo.json`,
    backups: `${home}/backups`,
    scratch: `${home}/generations/.staging-0`,
    generation,
    surfaces: (number) => `${generation(number)}/surfaces`,
    document: (number) => `${generation(number)}/generation.json`,
    haus: (number) => `${generation(number)}/haus.json`,
    staging: (number) => `${home}/generations/.staging-${number}`,
    trash: (number) => `${home}/generations/.trash-${number}`,
  }
}

export const servicesTarget = 'current/surfaces/services'

/** The content of a pointer that names the generation. */
export function toPointer(number: number): string {
  return `generations/${number}`
}

/** The generation that a pointer names; null if it names none. */
export function parsePointer(target: string): number | null {
  const match = /^generations\/([1-9]\d{0,14})$/.exec(target)
  return match ? Number(match[1]) : null
}

/** The number that a name in `generations/` stands for; null for any other name. */
export function parseGenerationName(name: string): number | null {
  return parsePointer(`generations/${name}`)
}

/** True for the names of folders that only an interrupted run leaves behind. */
export function isScratchName(name: string): boolean {
  return /^\.(staging|trash)-\d+$/.test(name)
}

/** Where a file is written before it takes the name of the path; hidden, and with an ending that no service manager loads. */
export function besideOf(path: string): string {
  const { folder, name } = splitPath(path)
  return `${folder}/.${name}.sanctum-new`
}

/** Where a file that is not Sanctum's is kept: by its path and content, so that a second copy is the same copy. */
export function backupOf(layout: HomeLayout, path: string, digest: string): string {
  return `${layout.backups}${path}.${digest.slice(0, 16)}`
}

export function folderOf(path: string): string {
  return splitPath(path).folder
}

/** The root and each folder on the way from it to the folder, which is the last. */
export function foldersDownTo(root: string, folder: string): string[] {
  if (folder === root) return [root]
  return [...foldersDownTo(root, folderOf(folder)), folder]
}

function splitPath(path: string): { folder: string; name: string } {
  const at = path.lastIndexOf('/')
  return { folder: path.slice(0, at), name: path.slice(at + 1) }
}
