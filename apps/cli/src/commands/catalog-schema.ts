import { type DocumentKind, documentKinds, toJsonSchemas } from '@sanctum/contracts'
import { type Answer, type CommandContext, UsageProblem } from '../command.ts'

export async function run({ args }: CommandContext): Promise<Answer> {
  const [kind] = args as [string | undefined]
  const names = Object.keys(documentKinds) as DocumentKind[]
  if (kind === undefined)
    return {
      exit: 'ok',
      data: { kinds: names },
      findings: [],
      view: () => names.map((name) => `${name}  ${documentKinds[name].files.join(', ')}  ${documentKinds[name].title}`).join('\n'),
    }
  const name = names.find((each) => each === kind)
  if (name === undefined) throw new UsageProblem(`there is no kind of document called ${kind}`, `Use one of ${names.join(', ')}.`)
  const schema = toJsonSchemas()[documentKinds[name].published]
  return { exit: 'ok', data: { schema }, findings: [], view: () => JSON.stringify(schema, null, 2) }
}
