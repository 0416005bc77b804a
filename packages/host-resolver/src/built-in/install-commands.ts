import type { HostFacts } from '@sanctum/contracts'

type PackageManager = 'brew' | 'apt' | 'dnf' | 'pacman'

/** The command that installs a program on this system; null where the system's packages do not have it or are not known. */
export function installCommand(program: string, facts: HostFacts): string | null {
  const manager = packageManagerOf(facts)
  if (!manager) return null
  const packages = Object.hasOwn(programPackages, program) ? programPackages[program] : undefined
  const name = packages ? packages[manager] : program
  return name ? commands[manager](name, facts.user.uid === 0 ? '' : 'sudo ') : null
}

const commands: Readonly<Record<PackageManager, (name: string, sudo: string) => string>> = {
  brew: (name) => `brew install ${name}`,
  apt: (name, sudo) => `${sudo}apt-get install -y ${name}`,
  dnf: (name, sudo) => `${sudo}dnf install -y ${name}`,
  pacman: (name, sudo) => `${sudo}pacman -S --needed ${name}`,
}

function packageManagerOf({ os }: HostFacts): PackageManager | null {
  if (os.family === 'darwin') return 'brew'
  return distributions.find(([pattern]) => pattern.test(os.name))?.[1] ?? null
}

const distributions: readonly (readonly [RegExp, PackageManager])[] = [
  [/debian|ubuntu|mint|raspbian|pop!_os/i, 'apt'],
  [/fedora|red hat|rhel|centos|rocky|alma|amazon linux/i, 'dnf'],
  [/arch|manjaro|endeavour/i, 'pacman'],
]

/** Where a package is not called as its program is. A missing entry of a manager: that system does not package it. */
const programPackages: Readonly<Record<string, Partial<Record<PackageManager, string>>>> = {
  node: { brew: 'node', dnf: 'nodejs', pacman: 'nodejs' },
  python3: { brew: 'python', apt: 'python3', dnf: 'python3', pacman: 'python' },
  ssh: { brew: 'openssh', apt: 'openssh-client', dnf: 'openssh-clients', pacman: 'openssh' },
  docker: { brew: '--cask orbstack', apt: 'docker.io', dnf: 'moby-engine', pacman: 'docker' },
  orbstack: { brew: '--cask orbstack' },
  podman: { brew: 'podman', apt: 'podman', dnf: 'podman', pacman: 'podman' },
  ollama: { brew: 'ollama', pacman: 'ollama' },
  'llama-server': { brew: 'llama.cpp' },
  lms: { brew: '--cask lm-studio' },
  tailscale: { brew: 'tailscale', dnf: 'tailscale', pacman: 'tailscale' },
  cloudflared: { brew: 'cloudflared', pacman: 'cloudflared' },
  'signal-cli': { brew: 'signal-cli' },
  sops: { brew: 'sops', pacman: 'sops' },
  'livekit-server': { brew: 'livekit' },
  'kiwix-serve': { brew: 'kiwix-tools', apt: 'kiwix-tools', dnf: 'kiwix-tools', pacman: 'kiwix-tools' },
  'redis-server': { brew: 'redis', apt: 'redis-server', dnf: 'redis', pacman: 'redis' },
  ping: { apt: 'iputils-ping', dnf: 'iputils', pacman: 'iputils' },
  ip: { apt: 'iproute2', dnf: 'iproute', pacman: 'iproute2' },
}
