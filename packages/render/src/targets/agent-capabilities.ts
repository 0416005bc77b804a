import { findUnwritable } from '../documents/find-unwritable.ts'
import { toSorted } from '../documents/to-sorted.ts'
import { toYaml } from '../documents/to-yaml.ts'
import { toSource } from '../header.ts'
import type { Target } from '../target.ts'
import { excerpt, toFinding } from '../to-finding.ts'

/** `config/agent-capabilities.yaml`: what each agent may change, where the agents' tools look for it. */
export const renderAgentCapabilities: Target = ({ digest, haus, schemas }) => {
  if (haus.capabilities === null) return { drafts: [], findings: [] }
  const { $schema: _modeline, ...capabilities } = haus.capabilities
  const unwritable = findUnwritable(capabilities)
  if (unwritable !== null) {
    const message = `The capabilities of the agents hold half of a surrogate pair: ${excerpt(unwritable)}.`
    return {
      drafts: [],
      findings: [
        toFinding(haus, 'agent-capabilities', {
          code: 'VALUE_NOT_CARRIED',
          message,
          fix: 'Take the broken character out of agent_capabilities.yaml.',
          observed: unwritable,
        }),
      ],
    }
  }
  return {
    drafts: [
      {
        target: 'agent-capabilities',
        subject: 'agent-capabilities',
        path: 'config/agent-capabilities.yaml',
        publish: `${haus.host.sanctum_home}/config/agent-capabilities.yaml`,
        mode: '0644',
        content: toYaml(toSorted(capabilities), {
          digest,
          schema: `${schemas}/agent-capabilities.schema.json`,
          source: toSource(haus, 'agent_capabilities.yaml'),
        }),
        unit: null,
      },
    ],
    findings: [],
  }
}
