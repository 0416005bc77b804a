/**
 * Programs of the machine that a test needs. The test lane installs the missing ones where it may (root on Debian); elsewhere it says
 * what will be skipped and why. A test that needs one of them checks for it and skips itself; with CI set a skip is a failure.
 * To add one: a line here, and a reason that a reader of the test report understands.
 */
export const systemPackages: readonly SystemPackage[] = [
  { program: 'git', debian: 'git', reason: 'the tests of the tools copy what a clone would hold' },
  { program: 'shellcheck', debian: 'shellcheck', reason: 'the launcher is checked as a shell script' },
  { program: 'ps', debian: 'procps', reason: 'tests that kill programs look for what is left of them' },
  { program: 'unshare', debian: 'util-linux', reason: 'the launcher is started without a network' },
  { program: 'systemd-analyze', debian: 'systemd', reason: 'unit files are verified by systemd itself' },
  { program: 'openssl', debian: 'openssl', reason: 'a probe meets certificates that are valid, expired and foreign' },
  { program: 'python3', debian: 'python3', reason: 'plists are read again by a second, independent parser' },
  { program: 'systemd-nspawn', debian: 'systemd-container', reason: 'a haus is kept by a systemd that is process 1' },
  { program: 'debootstrap', debian: 'debootstrap', reason: 'the machine with that systemd is made from Debian packages' },
  { program: 'zsh', debian: 'zsh', reason: 'completion is asked for in a real zsh' },
  { program: 'fish', debian: 'fish', reason: 'completion is asked for in a real fish' },
  { program: 'strace', debian: 'strace', reason: 'real commands are killed, and refused calls, by the kernel at their writes and syncs' },
  { program: 'promtool', debian: 'prometheus', reason: 'what a scrape of the watchdog tells is read by the checker of Prometheus itself' },
  { program: 'mkfs.ext4', debian: 'e2fsprogs', reason: 'the power of a real file system is cut while generations are committed on it' },
  { program: 'chromium', debian: 'chromium', reason: 'the documentation is looked at in a real browser' },
  { program: 'mkfs.xfs', debian: 'xfsprogs', reason: 'a disk is copied in one instant, as a power cut would leave it' },
]

export interface SystemPackage {
  readonly program: string
  readonly debian: string
  readonly reason: string
}
