import { defineConfig } from 'vitest/config'
import { pairedFiles, waitingFiles } from './tools/lanes/paired-files.ts'

const conditions = ['@sanctum/source', 'node', 'import', 'module', 'default']
const resolve = { resolve: { conditions }, ssr: { resolve: { conditions } } }
const exclude = ['**/node_modules/**', '**/dist/**', '**/.toolchain/**', '**/.state/**']
/** Real processes, sockets and kills. */
const patient = { testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    slowTestThreshold: 10_000,
    projects: [
      {
        ...resolve,
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...exclude, '**/*.real.test.ts'],
          testTimeout: 20_000,
          // Pure code leaves nothing behind for the next file, and what is warm is twice as quick.
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        // Three files at a time, since each mostly waits; the list says which may.
        ...resolve,
        test: { name: 'real-waiting', include: [...waitingFiles], exclude, ...patient, maxWorkers: 3, sequence: { groupOrder: 1 } },
      },
      {
        // Two files at a time, since each keeps one core busy.
        ...resolve,
        test: { name: 'real-pairs', include: [...pairedFiles], exclude, ...patient, maxWorkers: 2, sequence: { groupOrder: 2 } },
      },
      {
        // All others: one file at a time, so that two tests never fight for a port or a core.
        ...resolve,
        test: {
          name: 'real',
          include: ['**/*.real.test.ts'],
          exclude: [...exclude, ...waitingFiles, ...pairedFiles],
          ...patient,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
