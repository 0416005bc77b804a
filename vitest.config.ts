import { defineConfig } from 'vitest/config'

const conditions = ['@sanctum/source', 'node', 'import', 'module', 'default']
const resolve = { resolve: { conditions }, ssr: { resolve: { conditions } } }
const exclude = ['**/node_modules/**', '**/dist/**', '**/.toolchain/**', '**/.state/**']

export default defineConfig({
  test: {
    slowTestThreshold: 10_000,
    projects: [
      {
        ...resolve,
        test: { name: 'unit', include: ['**/*.test.ts'], exclude: [...exclude, '**/*.real.test.ts'], testTimeout: 20_000 },
      },
      {
        // Real processes, sockets and kills: one file at a time, so that two tests never fight for a port or a core.
        ...resolve,
        test: {
          name: 'real',
          include: ['**/*.real.test.ts'],
          exclude,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
