/**
 * Words that an option or argument may be, written out once more so that a start of the program and a press of Tab load no schema.
 * The test beside holds them against those who decide.
 */
export const choices = {
  profiles: ['minimal', 'standard', 'full'],
  targets: [
    'launchd',
    'systemd',
    'embedded',
    'runtime-manifests',
    'workspace-manifests',
    'agent-capabilities',
    'agent-markdown',
    'calibration',
    'programs',
  ],
  graphFormats: ['mermaid', 'dot', 'json'],
  documentKinds: ['catalog', 'runtime-catalog', 'layer', 'agent-capabilities', 'stability-window', 'service-manifest'],
  shells: ['bash', 'zsh', 'fish'],
  drillFaults: ['kill', 'hang', 'port-squat', 'disk', 'dependency'],
  checks: [
    'catalog',
    'prerequisites',
    'bootstrap',
    'workspace-manifests',
    'runtime-manifests',
    'agent-capabilities',
    'agent-markdown',
    'calibration',
    'unit-files',
    'file-drift',
    'generation',
    'secrets',
    'ports',
    'units',
    'services',
    'lock',
    'feature-matrix',
    'kitchen-loop',
    'laptop-calibration',
  ],
} as const
