import type { HostCode } from '../host-finding.ts'
import { placeholder } from './default-layer.ts'

/** A shape of text that ties a file to one machine. */
export interface HardwiredPath {
  readonly code: HostCode
  readonly pattern: RegExp
  /** Of what was matched: true for those that belong to no one. */
  readonly isShared?: (path: string) => boolean
  readonly fix: (path: string) => string
}

/** A path starts where no word, dot or closing brace stands before it: `https://host/home/x` and `$X/home/y` hold none. */
const START = '(?<![\\w.$}~%@-])'
/** What a path may go on with. */
const REST = '(?:/[^\\s"\'`<>|;:,)\\]}]*)?'

/** The shapes, the more special first: of two that match at one place the first speaks. */
export const hardwiredPaths: readonly HardwiredPath[] = [
  {
    code: 'HARDWIRED_PROGRAM',
    pattern: new RegExp(
      `${START}(?:/opt/homebrew|/usr/local/(?:Cellar|opt)|/home/linuxbrew/\\.linuxbrew|/opt/local/(?:bin|lib))(?![\\w-])${REST}`,
      'g',
    ),
    fix: (path) =>
      `Name the program alone (${path.slice(path.lastIndexOf('/') + 1) || 'its name'}), or write ${placeholder('paths.programs')}.`,
  },
  {
    code: 'HARDWIRED_HOME',
    pattern: new RegExp(`${START}/(?:Users|home)/[A-Za-z0-9_][A-Za-z0-9._-]*${REST}`, 'g'),
    isShared: (path) => /^\/Users\/Shared(?:\/|$)/.test(path),
    fix: (path) => `Write ${placeholder('host.home')}${path.replace(/^\/[^/]+\/[^/]+/, '')}, or $HOME in a script.`,
  },
  {
    code: 'HARDWIRED_HOME',
    pattern: new RegExp(`${START}/(?:var/)?root/[^\\s"'\`<>|;:,)\\]}]+`, 'g'),
    fix: (path) => `Write ${placeholder('host.home')}${path.replace(/^(?:\/var)?\/root/, '')}, or $HOME in a script.`,
  },
  {
    code: 'HARDWIRED_HOME',
    pattern: /(?<![\w])[A-Za-z]:\\Users\\[A-Za-z0-9._-]+/g,
    fix: () => `Write ${placeholder('host.home')}, or the variable that holds the home in a script.`,
  },
  {
    code: 'HARDWIRED_PROJECTS',
    pattern:
      /(?:~|\$HOME|\$\{HOME\})\/(?:Projects|Documents|Desktop|Downloads|Developer|Code|code|src|repos|workspace)(?![\w-])(?:\/[^\s"'`<>|;:,)\]}]*)?/g,
    fix: (path) =>
      `Write ${placeholder('paths.projects')}${path.replace(/^[^/]+\/[^/]+/, '')}, and give paths.projects in the layer of the machine.`,
  },
  {
    code: 'HARDWIRED_HOME',
    pattern: /(?<![\w/.$}])~[a-z_][a-z0-9_-]*\/[^\s"'`<>|;:,)\]}]*/g,
    fix: (path) => `Write ${placeholder('host.home')}${path.replace(/^~[^/]+/, '')}, or $HOME in a script.`,
  },
  {
    code: 'HARDWIRED_VOLUME',
    pattern: new RegExp(`${START}/(?:Volumes|media/[a-z][\\w-]*)/[A-Za-z0-9_][^/\\s"'\`<>|;:,)\\]}]*${REST}`, 'g'),
    fix: (path) =>
      `Declare ${path.split('/').slice(0, 3).join('/')} under paths in the layer of the machine and write ${placeholder('paths.<name>')}.`,
  },
]
