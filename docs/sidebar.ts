import type { StarlightUserConfig } from '@astrojs/starlight/types'

/** The order in which an operator meets the pages. */
export const sidebar: StarlightUserConfig['sidebar'] = [
  {
    label: 'Reference',
    items: [
      'reference/commands',
      'reference/configuration',
      'reference/exit-codes',
      'reference/findings',
      'reference/metrics',
      'reference/services',
      { label: 'Packages', collapsed: true, items: [{ autogenerate: { directory: 'reference/packages' } }] },
    ],
  },
  {
    label: 'How it is built',
    items: ['reference/architecture', 'reference/incident-wall', 'reference/figures'],
  },
]
