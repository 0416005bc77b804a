import { draftContract, type RepositorySight } from '@sanctum/repo-contracts'
import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import { CONTRACT_FILE, join } from '../contracts/read-contracts.ts'
import type { Ports } from '../ports.ts'

/** Never overwrites: a contract that is there was agreed on with others. */
export async function run({ args, ports, global }: CommandContext): Promise<Answer> {
  const shown = (args[0] as string | undefined) ?? '.'
  const folder = ports.files.toAbsolute(shown)
  const file = join(shown, CONTRACT_FILE)
  if (!(await ports.host.presence([folder]))[folder])
    throw new UsageProblem(`there is no folder ${shown}`, 'Name the folder of a repository.')
  // By its name: a link that leads nowhere is somebody's, too.
  if ((await ports.files.listFolder(folder)).includes(CONTRACT_FILE))
    throw new UsageProblem(`${file} is there already`, `sanctumctl contracts check ${shown} says what it holds.`)
  const text = draftContract(await lookAt(ports, folder))
  // In place, and only where nothing is: what came there since that look stays.
  if (!global.dryRun) await ports.files.perform([{ do: 'write', path: `${folder}/${CONTRACT_FILE}`, mode: '0644', content: text }], folder)
  return {
    exit: global.dryRun ? 'pending' : 'ok',
    data: { file, written: !global.dryRun, text },
    findings: [],
    view: () =>
      global.dryRun ? text.trimEnd() : `wrote ${file}\nnext: fill in owners and what it expects · sanctumctl contracts check ${shown}`,
  }
}

/** The manifest at its root, and those of the packages under packages/ and apps/. */
async function lookAt(ports: Ports, folder: string): Promise<RepositorySight> {
  const groups = await Promise.all(
    ['packages', 'apps'].map(async (group) =>
      (await ports.files.listFolder(`${folder}/${group}`)).map((name) => `${group}/${name}/package.json`),
    ),
  )
  const texts = await Promise.all(['package.json', ...groups.flat()].map((path) => ports.files.readText(`${folder}/${path}`)))
  return { name: folder.split('/').at(-1) ?? '', packages: texts.flatMap((text) => (text === null ? [] : readManifest(text))) }
}

function readManifest(text: string): RepositorySight['packages'] {
  const manifest = parse(text)
  const { name, version, description, bin } = manifest
  if (typeof name !== 'string' || manifest['private'] === true) return []
  return [
    {
      name,
      version: typeof version === 'string' ? version : '0.0.0',
      description: typeof description === 'string' && description !== '' ? description : null,
      bins: typeof bin === 'string' ? [name.replace(/^@[^/]+\//, '')] : Object.keys((bin as object | undefined) ?? {}),
    },
  ]
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    // A manifest that cannot be read says nothing; its own tools name what is wrong with it.
    return {}
  }
}
