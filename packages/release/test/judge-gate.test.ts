import { exitCodes, releaseGateId } from '@sanctum/contracts'
import { type GateRun, judgeGate, type ReleaseGate, releaseGates } from '@sanctum/release'
import { describe, expect, test } from 'vitest'

const run = (stdout: string, code: number | null = 0, stderr = ''): GateRun => ({ code, stdout, stderr })
const answer = (ok: boolean, data: object = {}, errors: object[] = [], command = 'docs check') =>
  JSON.stringify({ schema_version: 1, command, ok, data: { findings: [], pages: { read: 3 }, ...data }, errors })
const doctor = (data: object) => answer(true, data, [], 'doctor')
const inHaus = (stdout: string, up = true) => JSON.stringify({ ok: true, data: { up, stdout } })
const finding = (severity: string) => ({ code: 'PORT_HELD', severity, message: 'port 1 is held' })
const as = (prints: ReleaseGate['prints'], id: ReleaseGate['id'] = 'docs') => ({ prints, id })

test('the gates are those of the contract, in its order, with the codes from 20 on', () => {
  expect(releaseGates.map(({ id }) => id)).toEqual(releaseGateId.options)
  expect(releaseGates.map(({ exit }) => exitCodes[exit].code)).toEqual(releaseGates.map((_, at) => 20 + at))
})

describe('open', () => {
  test.each<[string, Parameters<typeof judgeGate>, string]>([
    ['nothing to commit', [as('lines', 'working-tree'), run('')], 'clean'],
    [
      'a check that says so at its end',
      [as('lines', 'packages'), run('', 0, 'building …\ncheck: 3 checks, nothing found\n')],
      'check: 3 checks, nothing found',
    ],
    [
      'a check that also has something for stdout',
      [as('lines', 'packages'), run('a receipt\n', 0, 'check: 1 check, nothing found\n')],
      'check: 1 check, nothing found',
    ],
    ['a document', [as('document'), run('{"ok":true,"says":"7 passed","counts":{"passed":7,"odd":"x"}}')], '7 passed'],
    ['an answer with a warning', [as('answer'), run(answer(true, { findings: [finding('warning')] }))], '1 finding'],
    [
      'steps',
      [as('answer', 'verify'), run(answer(true, { steps: [{ verdict: 'healthy' }, { verdict: 'healthy' }] }, [], 'verify'))],
      '2 healthy, 0 findings',
    ],
    ['contracts', [as('answer', 'contracts'), run(answer(true, { contracts: [{}] }, [], 'contracts check'))], '0 findings'],
    [
      'an answer from a haus',
      [as('answer-in-haus', 'doctor'), run(inHaus(doctor({ checks: [{ verdict: 'healthy' }] })))],
      '1 healthy, 0 findings',
    ],
  ])('%s', (_, [gate, ended], says) => {
    expect(judgeGate(gate, ended)).toMatchObject({ ok: true, says })
  })
})

describe('planted: closed', () => {
  test.each<[string, Parameters<typeof judgeGate>, string]>([
    ['it did not end', [as('answer'), run(answer(true), null)], 'did not end'],
    ['files that are not committed', [as('lines', 'working-tree'), run(' M a.ts\n?? b.ts\n')], '2 files are not committed: a.ts; b.ts'],
    [
      'more files than are told',
      [as('lines', 'working-tree'), run([1, 2, 3, 4, 5, 6, 7].map((at) => ` M ${at}.ts\n`).join(''))],
      '7 files are not committed: 1.ts; 2.ts; 3.ts; 4.ts; 5.ts; and 2 more',
    ],
    ['one file', [as('lines', 'working-tree'), run(' M a.ts\n')], '1 file is not committed: a.ts'],
    [
      'a list that broke off',
      [as('lines', 'working-tree'), run(' M a.ts\n', 128, 'fatal: no object\n')],
      'it ended with 128: fatal: no object; M a.ts',
    ],
    ['a check that found something', [as('lines'), run('', 1, 'a.ts:1: wrong\n')], 'it ended with 1: a.ts:1: wrong'],
    ['a failure that said nothing', [as('lines'), run('', 3)], 'it ended with 3 and said nothing'],
    ['a success that said nothing', [as('document'), run('')], 'said nothing'],
    ['a success that says no', [as('document'), run('{"ok":false,"says":"stale"}')], 'stale'],
    ['a failure that says yes', [as('document'), run('{"ok":true,"says":"fine"}', 1)], 'fine'],
    ['an answer that is none', [as('answer'), run('{"data":{}}')], '{"data":{}}'],
    [
      'an answer with an error',
      [as('answer'), run(answer(false, { findings: [finding('error'), finding('note')] }), 1)],
      'PORT_HELD port 1 is held',
    ],
    ['a refusal', [as('answer'), run(answer(false, {}, [{ code: 'USAGE', message: 'unknown command' }]), 64)], 'unknown command'],
    ['a yes with another exit code', [as('answer'), run(answer(true), 69)], 'it ended with 69'],
    ['a no with an exit code of 0', [as('answer'), run(answer(false))], 'it ended with 0'],
    ['a no beside a warning', [as('answer'), run(answer(false, { findings: [finding('warning')] }))], 'PORT_HELD port 1 is held'],
    ['a yes without data', [as('answer'), run(answer(true).replace(/"data":.*\},"errors"/, '"data":null,"errors"'))], 'what it found'],
    ['a yes of a gate that nobody asks that way', [as('answer', 'packages'), run(answer(true))], 'not in the form of an answer'],
    ['a haus that did not come up', [as('answer-in-haus'), run(inHaus(answer(true), false), 69)], 'did not come up'],
    ['a haus whose answer is cut off', [as('answer-in-haus'), run(inHaus('{"ok":tr'))], 'ended with 0'],
    ['a check that says nothing', [as('lines', 'packages'), run('')], 'does not say that anything was checked'],
    ['a check of nothing', [as('lines', 'packages'), run('', 0, 'check: 0 checks, nothing found (0 s)\n')], 'does not say that anything'],
    ['a yes and no more', [as('answer'), run('{"ok":true}')], 'not in the form of an answer'],
    ['a yes of another command', [as('answer'), run(doctor({}))], 'doctor answered in place of docs check'],
    ['a yes without findings', [as('answer'), run(answer(true, { findings: undefined }))], 'does not say what it found'],
    ['a yes beside an error', [as('answer'), run(answer(true, { findings: [finding('error')] }))], 'port 1 is held'],
    ['no page', [as('answer'), run(answer(true, { pages: { read: 0 } }))], 'looked at no page'],
    ['no check', [as('answer-in-haus', 'doctor'), run(inHaus(doctor({ checks: [] })))], 'looked at no check'],
    ['no step', [as('answer-in-haus', 'verify'), run(inHaus(answer(true, { steps: [] }, [], 'verify')))], 'looked at no step'],
    ['no contract', [as('answer', 'contracts'), run(answer(true, {}, [], 'contracts check'))], 'looked at no contract'],
    ['no haus', [as('answer-in-haus'), run('', 70, 'sanctumctl: building failed')], 'building failed'],
  ])('%s', (_, [gate, ended], says) => {
    expect(judgeGate(gate, ended)).toMatchObject({ ok: false, says: expect.stringContaining(says) })
  })
})

test('what is told of a closed gate is its errors, where it has some', () => {
  const said = answer(false, { findings: [{ ...finding('note'), code: 'PORT_FREE' }, finding('error')] })
  expect(judgeGate(as('answer'), run(said, 1)).says).toBe('PORT_HELD port 1 is held')
})

test('only whole numbers are counted', () => {
  const { counts } = judgeGate(as('document'), run('{"ok":true,"says":"7 passed","counts":{"passed":7,"odd":"x","part":0.5}}'))
  expect(counts).toEqual({ passed: 7 })
})
