import type { TarEntry } from './tar.ts'

/** The program with starters of its own, for a host that has Node and nothing of npm. `program` is what npm would unpack. */
export function toSelfContained(program: readonly TarEntry[], version: string): readonly TarEntry[] {
  const folder = `sanctum-${version}`
  const starters = ['sanctumctl', 'sanctumd'].map((name) => ({
    path: `${folder}/bin/${name}`,
    isExecutable: true,
    content: new TextEncoder().encode(renderStarter(name)),
  }))
  return [...program.map((entry) => ({ ...entry, path: entry.path.replace(/^package\//, `${folder}/lib/`) })), ...starters]
}

/** Third-party packages inside of a bundle, as `name@version`: it says in a comment before each module where it came from. */
export function findBundled(program: readonly TarEntry[]): readonly string[] {
  const decoder = new TextDecoder()
  const seen = program
    .filter(({ path }) => path.endsWith('.js'))
    .flatMap(({ content }) => [...decoder.decode(content).matchAll(/^\/\/ .*?node_modules\/\.pnpm\/((?:@[^+/]+\+)?[^@/]+@[^_/\s(]+)/gm)])
    .map(([, id = '']) => id.replace('+', '/'))
  return [...new Set(seen)].sort()
}

function renderStarter(name: string): string {
  return `#!/bin/sh
# Starts ${name} out of this folder, by way of any link to it. SANCTUM_NODEJS names the Node to use; the one on PATH without it.
self=$0
while [ -L "$self" ]; do
  target=$(readlink "$self")
  case $target in /*) self=$target ;; *) self=$(dirname "$self")/$target ;; esac
done
root=$(cd "$(dirname "$self")/.." && pwd -P)
node=\${SANCTUM_NODEJS:-node}
unset SANCTUM_NODEJS
if ! command -v "$node" >/dev/null 2>&1; then
  echo "${name}: there is no Node here, and this program runs on it" >&2
  echo "  next: install Node 24.15 or newer, or name one: SANCTUM_NODEJS=/path/to/node $0" >&2
  exit 69
fi
exec "$node" "$root/lib/dist/${name}.js" "$@"
`
}
