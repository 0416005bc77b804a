import type { StarlightUserConfig } from '@astrojs/starlight/types'

/** The order in which an operator meets the pages. A page that is not here is still built and found by search. */
export const sidebar: StarlightUserConfig['sidebar'] = [
  {
    label: 'Reference',
    items: ['reference/findings', 'reference/incident-wall', 'reference/figures'],
  },
]
