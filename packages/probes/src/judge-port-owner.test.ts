import { expect, test } from 'vitest'
import { judgePortOwner } from './judge-port-owner.ts'

const at = (pid: number | null, overrides: object = {}) => ({
  protocol: 'tcp' as const,
  port: 8080,
  pid,
  process_group: pid,
  program: 'node',
  ...overrides,
})
const target = { port: 8080, pid: 42, program: null }
const nobody = new Map<number, readonly number[]>()

test.each<readonly [string, Parameters<typeof judgePortOwner>, string]>([
  ['its own process', [target, [at(42)], nobody], 'passed'],
  ['a worker of its group', [target, [at(50, { process_group: 42 })], nobody], 'passed'],
  ['a child in a group of its own', [target, [at(50)], new Map([[50, [49, 42, 7]]])], 'passed'],
  ['somebody else', [target, [at(99)], new Map([[99, [7]]])], 'wrong-owner'],
  ['somebody else beside it', [target, [at(99), at(42)], nobody], 'passed'],
  ['nobody', [target, [at(42, { port: 8081 }), at(42, { protocol: 'udp' })], nobody], 'not-running'],
  ['somebody whom this user may not see', [target, [at(null)], nobody], 'could-not-check'],
  ['by its name', [{ port: 8080, pid: null, program: 'ollama' }, [at(5, { program: 'ollama' })], nobody], 'passed'],
  ['another name', [{ port: 8080, pid: null, program: 'ollama' }, [at(5)], nobody], 'wrong-owner'],
])('%s', (_, given, expected) => {
  const sight = judgePortOwner(...given)
  expect(sight.kind === 'failed' ? sight.cause : sight.kind, sight.detail).toBe(expected)
})
