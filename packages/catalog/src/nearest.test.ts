import { describe, expect, it } from 'vitest'
import { createNearest, suggest } from './nearest.ts'

describe('nearest', () => {
  const keys = ['provides', 'requires', 'remediation', 'port_lore', 'force-flow']
  it.each([
    ['provide', 'provides'],
    ['requries', 'requires'],
    ['Remediation', 'remediation'],
    ['port-lore', 'port_lore'],
    ['force_flow', 'force-flow'],
    ['adapter_path', null],
    ['x', null],
    ['', null],
  ])('%j is near to %j', (text, near) => {
    expect(createNearest()(text, keys)).toBe(near)
  })

  it('takes the nearest, and of equals the first', () => {
    expect(createNearest()('tts', ['tsts', 'stt', 'tt'])).toBe('tsts')
  })

  it('gives up after its share of comparisons', () => {
    const nearest = createNearest(2)
    expect([nearest('aa', ['ab']), nearest('aa', ['ab']), nearest('aa', ['ab'])]).toEqual(['ab', 'ab', null])
  })

  it('says what to do where nothing is near', () => {
    expect(suggest(createNearest(), 'dashbord', ['dashboard'], 'Declare it.')).toBe('Did you mean dashboard?')
    expect(suggest(createNearest(), 'kiwix', ['dashboard'], 'Declare it.')).toBe('Declare it.')
  })
})
