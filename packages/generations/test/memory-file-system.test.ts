import { describe } from 'vitest'
import { fileSystemContract } from './file-system-contract.ts'
import { createMemoryFileSystem } from './memory-file-system.ts'

describe('the file system in memory', () => {
  fileSystemContract(async () => ({ fileSystem: createMemoryFileSystem(), root: '/home/neo' }))
})
