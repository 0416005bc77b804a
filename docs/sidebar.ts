import type { StarlightUserConfig } from '@astrojs/starlight/types'

/** The order in which an operator meets the pages. */
export const sidebar: StarlightUserConfig['sidebar'] = [
  { label: 'Begin', items: ['start/first-run', 'start/your-haus', 'start/what-it-proves', 'start/install'] },
  {
    label: 'Describe the haus',
    items: ['guide/catalog', 'guide/host-resolution', 'guide/rendering', 'guide/generations', 'guide/contracts'],
  },
  { label: 'Keep it well', items: ['guide/health', 'guide/router', 'guide/stability', 'help/troubleshooting'] },
  { label: 'Change it', items: ['change/upgrade', 'change/rollback', 'change/release', 'change/backup'] },
  {
    label: 'Reference',
    items: [
      'reference/commands',
      'reference/configuration',
      'reference/exit-codes',
      'reference/findings',
      'reference/remedies',
      'reference/metrics',
      'reference/services',
      'reference/targets',
      { label: 'Contracts', collapsed: true, items: [{ autogenerate: { directory: 'reference/contracts' } }] },
      { label: 'Packages', collapsed: true, items: [{ autogenerate: { directory: 'reference/packages' } }] },
    ],
  },
  {
    label: 'How it is built',
    items: ['reference/architecture', 'reference/incident-wall', 'reference/figures'],
  },
]
