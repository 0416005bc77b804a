import { describe, expect, test } from 'vitest'
import { parseCommandLine } from './command-line.ts'

const given = { kind: 'role', role: 'watchdog', home: null, port: null, cycleS: null }
const loopback = { config: null, tokenFile: null, bind: '127.0.0.1', tls: null, attached: false }

describe('parseCommandLine', () => {
  test.each<readonly [string, object]>([
    ['watchdog', given],
    ['watchdog --home /srv/sanctum', { ...given, home: '/srv/sanctum' }],
    ['watchdog --home=/srv/a=b', { ...given, home: '/srv/a=b' }],
    ['dashboard --port 1112 --cycle 0.5', { ...given, role: 'dashboard', port: 1112, cycleS: 0.5 }],
    ['failsafe --cycle=2', { ...given, role: 'failsafe', cycleS: 2 }],
    ['router', { ...given, role: 'router', router: loopback }],
    [
      'router --attached --config /r.yaml --token-file=/t --bind ::1 --tls-cert /c --tls-key /k',
      {
        ...given,
        role: 'router',
        router: { config: '/r.yaml', tokenFile: '/t', bind: '::1', tls: { certFile: '/c', keyFile: '/k' }, attached: true },
      },
    ],
    ['--version', { kind: 'version' }],
    ['watchdog --help', { kind: 'help' }],
    ['help', { kind: 'help' }],
  ])('%s', (line, expected) => {
    expect(parseCommandLine(line.split(' '))).toEqual(expected)
  })

  test.each([
    ['', 'no role was given', 'Give one of watchdog, failsafe, dashboard, router.'],
    ['watchdgo', 'there is no role "watchdgo"', 'Did you mean watchdog?'],
    ['Dashboard', 'there is no role "Dashboard"', 'Did you mean dashboard?'],
    ['rooter', 'there is no role "rooter"', 'Did you mean router?'],
    ['butler', 'there is no role "butler"', 'Give one of watchdog, failsafe, dashboard, router.'],
    ['watchdog --config /a.yaml', 'there is no option "--config"', 'Give one of --home, --port, --cycle.'],
    ['router --config a.yaml', '--config is "a.yaml"', 'It must be an absolute path.'],
    ['router --bind hub.example', '--bind is "hub.example"', 'It must be an address of this machine, such as 127.0.0.1.'],
    ['router --tls-key /k', '--tls-key stands alone', 'Give --tls-cert and --tls-key together.'],
    ['watchdog --prot 1', 'there is no option "--prot"', 'Did you mean --port?'],
    ['watchdog --constructor x', 'there is no option "--constructor"', 'Give one of --home, --port, --cycle.'],
    ['watchdog extra', 'there is no option "extra"', 'Give one of --home, --port, --cycle.'],
    ['watchdog --home', '--home needs a value', 'Give it after a space or an equals sign.'],
    ['watchdog --home here', '--home is "here"', 'It must be an absolute folder.'],
    ['watchdog --port 0', '--port is "0"', 'It must be a number from 1 to 65535.'],
    ['watchdog --port 65536', '--port is "65536"', 'It must be a number from 1 to 65535.'],
    ['watchdog --port 1e3', '--port is "1e3"', 'It must be a number from 1 to 65535.'],
    ['watchdog --cycle never', '--cycle is "never"', 'It must be seconds from 0.05 to 3600.'],
  ])('%j: %s', (line, message, hint) => {
    expect(parseCommandLine(line === '' ? [] : line.split(' '))).toEqual({ kind: 'wrong', message, hint })
  })
})
