import type { Answer, CommandContext } from '../command.ts'
import { renderFacts } from '../views/host.ts'

export async function run({ options, ports }: CommandContext): Promise<Answer> {
  const [facts, observations] = await Promise.all([ports.host.facts(), options['observations'] === true ? ports.host.observations() : null])
  return {
    exit: 'ok',
    data: { facts, ...(observations ? { observations } : {}) },
    findings: [],
    view: (style) => renderFacts(facts, observations, style),
  }
}
