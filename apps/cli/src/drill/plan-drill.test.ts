import type { HausStatus, ResolvedService, Verdict } from '@sanctum/contracts'
import { buildHaus, buildProvision, buildRun, buildService, buildUnitState } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import type { DrillFault } from './drill-faults.ts'
import { planDrill } from './plan-drill.ts'

const liveness = { type: 'http', path: '/', timeout_ms: 1000, interval_s: 10, open_after: 3, close_after: 2 } as const
const build = (id: string, overrides: Partial<ResolvedService> = {}) =>
  buildService(id, { run: buildRun(['/opt/node']), health: { liveness }, provides: [buildProvision(1111)], ...overrides })
const tts = build('tts')
const voice = build('voice', { requires: [{ service: 'tts', strength: 'hard', running: true, here: true }] })
const job = build('job', { kind: 'periodic' })
const blind = build('blind', { health: {} })
const portless = build('portless', { provides: [] })
const services = [build('watchdog'), tts, voice, job, blind, portless]
const haus = buildHaus(services)

function sightOf(verdicts: Readonly<Record<string, Verdict>> = {}, down: readonly string[] = []) {
  const rows = services.map(({ id }) => ({ id, verdict: verdicts[id] ?? 'healthy', why: 'as the test says' }))
  const units = services.map(({ id }, index) => buildUnitState(id, { pid: down.includes(id) ? null : 100 + index }))
  return { haus, status: { services: rows } as unknown as HausStatus, units }
}

describe('planDrill', () => {
  test.each<readonly [string, ResolvedService, DrillFault, string]>([
    ['its own process for a kill', voice, 'kill', 'voice'],
    ['that of what it requires for a dependency', voice, 'dependency', 'tts'],
    ['the watchdog too', services[0] as ResolvedService, 'hang', 'watchdog'],
  ])('hits %s', (_, service, fault, target) => {
    expect(planDrill(service, fault, sightOf())).toMatchObject({ kind: 'planned', plan: { service: service.id, target, port: null } })
  })

  test('everybody else has to keep the process that it has', () => {
    const planning = planDrill(tts, 'port-squat', sightOf())
    if (planning.kind === 'refused') throw new Error(planning.finding.message)
    expect(planning.plan.port).toEqual({ port: 1111, address: '127.0.0.1' })
    expect(planning.plan.bystanders.map(({ service }) => service)).toEqual(['watchdog', 'voice', 'job', 'blind', 'portless'])
    expect(planning.plan.patienceMs).toBeGreaterThan(60_000)
  })

  test.each<readonly [string, ResolvedService, DrillFault, ReturnType<typeof sightOf>, string]>([
    ['a job', job, 'kill', sightOf(), 'only what is meant to stay up'],
    ['what is not well already', voice, 'kill', sightOf({ voice: 'failed' }), 'failed already'],
    ['while the watchdog is not well', voice, 'kill', sightOf({ watchdog: 'failed' }), 'the watchdog, which has to see it, is failed'],
    ['what has no process', voice, 'kill', sightOf({}, ['voice']), 'tells no process'],
    ['what nobody could see come back', blind, 'kill', sightOf(), 'no liveness probe'],
    ['a port that is not there', portless, 'port-squat', sightOf(), 'no TCP port'],
    ['a dependency that is not there', tts, 'dependency', sightOf(), 'requires no service'],
    ['a dependency without a process', voice, 'dependency', sightOf({}, ['tts']), 'requires no service'],
    ['the port of the watchdog', services[0] as ResolvedService, 'port-squat', sightOf(), 'with kill or hang'],
  ])('refuses %s', (_, service, fault, sight, why) => {
    const planning = planDrill(service, fault, sight)
    expect(planning.kind === 'refused' && planning.finding.message).toContain(why)
  })

  test('only what another look may find otherwise is of the moment', () => {
    const isOfTheMoment = (service: ResolvedService, sight = sightOf()) => {
      const planning = planDrill(service, 'kill', sight)
      return planning.kind === 'refused' && planning.isOfTheMoment
    }
    const asked = [isOfTheMoment(voice, sightOf({ voice: 'failed' })), isOfTheMoment(voice, sightOf({}, ['voice'])), isOfTheMoment(blind)]
    expect(asked).toEqual([true, true, false])
  })
})
