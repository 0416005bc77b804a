import { expect, it } from 'vitest'
import { parseOsRelease } from './read-system.ts'
import { parseVersion } from './read-tools.ts'

it.each([
  ['git version 2.39.5', '2.39.5'],
  ['Docker version 28.2.2, build e6534b4', '28.2.2'],
  ['OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.15 3 Sep 2024', '9.2'],
  ['systemd 252 (252.39-1~deb12u1)', '252.39'],
  ['systemd 257', '257'],
  ['restic 0.18.1 compiled with go1.24', '0.18.1'],
  ['1.90.6\n  tailscale commit: abc', '1.90.6'],
  ['v26.10.0', '26.10.0'],
  ['', null],
  ['no version here', null],
])('%j says %s', (text, version) => {
  expect(parseVersion(text)).toBe(version)
})

it('reads what a Linux calls itself', () => {
  expect(parseOsRelease('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n')).toEqual({
    name: 'Debian GNU/Linux',
    version: '12',
  })
  expect(parseOsRelease("NAME='Arch Linux'\nID=arch\nBUILD_ID=rolling\n")).toEqual({ name: 'Arch Linux', version: 'rolling' })
  expect(parseOsRelease('garbage')).toEqual({ name: 'Linux', version: 'rolling' })
})
