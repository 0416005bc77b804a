import type { Haus, RenderTarget } from '@sanctum/contracts'
import type { Target } from './target.ts'
import { renderAgentCapabilities } from './targets/agent-capabilities.ts'
import { renderAgentMarkdown } from './targets/agent-markdown.ts'
import { renderCalibration } from './targets/calibration.ts'
import { renderEmbedded } from './targets/embedded.ts'
import { renderLaunchd } from './targets/launchd.ts'
import { renderPrograms } from './targets/programs.ts'
import { renderRuntimeManifests } from './targets/runtime-manifests.ts'
import { renderSystemd } from './targets/systemd.ts'

/** The kinds of files that describe one node; workspace manifests describe the catalog and are made apart. */
export type HausTarget = Exclude<RenderTarget, 'workspace-manifests'>

interface TargetRule {
  readonly render: Target
  /** The managers for which it is rendered; all of them where this is left out. */
  readonly managers?: readonly Haus['manager']['kind'][]
}

/** Every kind of file of a node. A new kind is one file beside the others and one row here. */
export const targets: Readonly<Record<HausTarget, TargetRule>> = {
  launchd: { render: renderLaunchd, managers: ['launchd'] },
  systemd: { render: renderSystemd, managers: ['systemd-system', 'systemd-user'] },
  embedded: { render: renderEmbedded, managers: ['embedded'] },
  'runtime-manifests': { render: renderRuntimeManifests },
  'agent-capabilities': { render: renderAgentCapabilities },
  'agent-markdown': { render: renderAgentMarkdown },
  calibration: { render: renderCalibration },
  programs: { render: renderPrograms },
}
