import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import starlight from '@astrojs/starlight'
import { defineConfig } from 'astro/config'
import { labelCells } from './label-cells.ts'
import { sidebar } from './sidebar.ts'

/** Pages are remembered as they were rendered, with the name of a style sheet that follows from this file. */
const digest = createHash('sha256').update(readFileSync('astro.config.ts')).digest('hex').slice(0, 12)

export default defineConfig({
  // Only what a static host needs; nothing is fetched at build time, and no page sets a cookie.
  site: process.env.SANCTUM_DOCS_SITE ?? 'https://sanctum.example',
  outDir: process.env.SANCTUM_DOCS_OUT ?? './dist',
  cacheDir: `./node_modules/.astro/${digest}`,
  integrations: [
    starlight({
      title: 'Sanctum',
      description: 'One catalog, one command: a machine made to match it.',
      favicon: '/favicon.svg',
      customCss: ['./src/styles/haus.css'],
      sidebar,
      tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 3 },
      expressiveCode: {
        themes: ['github-dark-dimmed', 'github-light'],
        // No window around a command: what is shown is text.
        defaultProps: { overridesByLang: { 'sh,text': { frame: 'none' } } },
        styleOverrides: {
          borderColor: 'var(--haus-line)',
          borderRadius: '0.4rem',
          codeBackground: 'var(--haus-paper)',
          codeFontFamily: 'var(--__sl-font-mono)',
          codeFontSize: '0.82rem',
          // The name of a file is a quiet line above it, and no tab of an editor.
          frames: {
            shadowColor: 'transparent',
            editorTabBarBackground: 'var(--haus-paper)',
            editorTabBarBorderBottomColor: 'transparent',
            editorActiveTabBackground: 'var(--haus-paper)',
            editorActiveTabBorderColor: 'transparent',
            editorActiveTabIndicatorTopColor: 'transparent',
            editorActiveTabIndicatorBottomColor: 'transparent',
          },
        },
      },
    }),
    labelCells(),
  ],
})
