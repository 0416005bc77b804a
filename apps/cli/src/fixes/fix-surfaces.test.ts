import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '@sanctum/contracts'
import { planGeneration } from '@sanctum/generations'
import { createGenerations } from '@sanctum/generations/node'
import { buildHaus, buildSurface, buildUnitState } from '@sanctum/testkit'
import { createTemporaryFolder, sha256, type TemporaryFolder } from '@sanctum/testkit/node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DoctorContext } from '../checks/doctor-context.ts'
import { planFixes } from './fix-findings.ts'

let folder: TemporaryFolder
let context: DoctorContext
let unit: string
let told: string[]

/** A home with one committed generation and one unit file that was published from it. */
beforeEach(async () => {
  folder = await createTemporaryFolder()
  const home = join(folder.path, 'home')
  const units = join(folder.path, 'units')
  unit = join(units, 'com.sanctum.voice.service')
  told = []
  mkdirSync(home)
  mkdirSync(units)
  const generations = () => createGenerations({ home, roots: [home, units] })
  const surface = buildSurface(sha256, {
    ...{
      target: 'systemd',
      subject: 'voice',
      path: 'systemd/com.sanctum.voice.service',
      publish: unit,
      content: '[Service]\nExecStart=/opt/voice\n',
    },
    unit: { name: 'com.sanctum.voice.service', service: 'voice', domain: 'user', starts: true },
  })
  const plan = planGeneration({ wanted: [surface], seen: generations().observe([surface]) })
  await generations().commit({ ...plan, impact: [] }, making)
  await generations().publish()
  await generations().settle()
  const base = buildHaus([])
  const haus = { ...base, manager: { kind: 'systemd-user', version: 252 }, host: { ...base.host, sanctum_home: home, user_units: units } }
  const manager = {
    list: async () => [buildUnitState('voice', { pid: 42 })],
    reloadDefinitions: async (changed: readonly { unit: string }[]) =>
      told.push(`read ${changed.map((each) => each.unit).join()} again`) && [],
  }
  const ports = {
    home,
    clock: { now: () => 0 },
    version: '0',
    program: { revision: () => null },
    files: { toShown: (path: string) => path.replace(folder.path, '') },
    generations,
    units: () => manager,
  }
  context = { command: { ports }, wanted: haus, inspect: async () => ({}) } as unknown as DoctorContext
})
afterEach(() => folder.remove())

const making = { node: 'local', createdAt: '2026-11-27T00:00:00Z', madeFrom: { catalog: 'a', facts: 'b', sanctum: '0' }, haus: '{}\n' }
const missing = (): Finding => ({
  ...{ code: 'DRIFT_MISSING', severity: 'error', message: 'it is gone', subject: unit },
  fix: { text: 'Render again.', command: 'sanctumctl render', safe: true },
})

test('a published file that is gone is published again from the committed generation, and its unit is neither started nor stopped', async () => {
  const before = readFileSync(unit, 'utf8')
  rmSync(unit)
  const [fix] = await planFixes(context, [missing()])
  expect(fix?.steps).toEqual(['publish /units/com.sanctum.voice.service again'])
  await fix?.apply()
  expect(readFileSync(unit, 'utf8')).toBe(before)
  // The manager only reads; every other request would have thrown.
  expect(told.length).toBeLessThanOrEqual(1)
  expect(await planFixes(context, [missing()])).toEqual([])
})

test('its mode is set right', async () => {
  chmodSync(unit, 0o600)
  const [fix] = await planFixes(context, [{ ...missing(), code: 'DRIFT_METADATA' }])
  await fix?.apply()
  expect(statSync(unit).mode & 0o777).toBe(0o644)
})

test('a file that somebody edited is left to a person, also where it is named as if it were not', async () => {
  writeFileSync(unit, '[Service]\nExecStart=/home/neo/my-voice\n')
  const [fix] = await planFixes(context, [missing()])
  expect(fix).toBeUndefined()
  expect(readFileSync(unit, 'utf8')).toContain('my-voice')
})

test('what was put in its place after the plan was made is not overwritten', async () => {
  rmSync(unit)
  const [fix] = await planFixes(context, [missing()])
  writeFileSync(unit, 'of somebody else\n')
  await fix?.apply().catch(() => undefined)
  expect(readFileSync(unit, 'utf8')).toBe('of somebody else\n')
})
