import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { toCommandFlow } from './to-flow.ts'

describe('a command line as a list, that reads back as the same words', () => {
  it.each([
    ['python3 -m http.server 23400', "[python3, -m, http.server, '23400']"],
    ['/opt/clock/bin/clock  --at=9:00 --yes true', "[/opt/clock/bin/clock, --at=9:00, --yes, 'true']"],
    ['web --port ${services.web.port}', "[web, --port, '${services.web.port}']"],
    ['run - -- -1 .5 0x1f 1e3 ~', null],
    ['a: b, c: d - [x] @y %z !w null 2026-11-28 1:2', null],
  ])('%s', (line, expected) => {
    const flow = toCommandFlow(line)
    if (expected !== null) expect(flow).toBe(expected)
    expect(parse(flow ?? '')).toEqual(flow?.startsWith('[/bin/sh') ? ['/bin/sh', '-c', line] : line.split(/\s+/))
  })

  it.each([
    'cat a | wc -l',
    'FOO="a b" run',
    'PORT=8080 node server.js',
    "it's",
    'echo $HOME && true',
    'echo $${HOME}',
    'web ${services.web.port} &',
  ])('%s is for a shell', (line) => {
    expect(parse(toCommandFlow(line) ?? '')).toEqual(['/bin/sh', '-c', line])
  })

  it('is none where the text is more than one line; the end of its only line is none of it', () => {
    expect(toCommandFlow('./a\n./b\n')).toBeNull()
    expect(toCommandFlow('./a && ./b\n./c')).toBeNull()
    expect(toCommandFlow('./a --b\n')).toBe('[./a, --b]')
  })
})
