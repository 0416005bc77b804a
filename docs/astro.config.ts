import starlight from '@astrojs/starlight'
import { defineConfig } from 'astro/config'
import { sidebar } from './sidebar.ts'

export default defineConfig({
  // Only what a static host needs; nothing is fetched at build time, and no page sets a cookie.
  site: process.env.SANCTUM_DOCS_SITE ?? 'https://sanctum.example',
  outDir: process.env.SANCTUM_DOCS_OUT ?? './dist',
  integrations: [
    starlight({
      title: 'Sanctum',
      description: 'One catalog, one command: a machine made to match it.',
      favicon: '/favicon.svg',
      customCss: ['./src/styles/haus.css'],
      sidebar,
      tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 3 },
      pagination: true,
      credits: false,
      disable404Route: false,
    }),
  ],
})
