import type { HostFacts } from '@sanctum/contracts'

type PackageManager = 'brew' | 'apt' | 'dnf' | 'pacman'

export interface Installation {
  /** A command that can be typed as it is; null where neither the system's packages nor the vendor have one. */
  readonly install: string | null
  /** The vendor's own page, where the system's packages do not have the program. */
  readonly page?: string
}

/** How a program gets onto this system. Nothing is guessed: of a program in none of the tables, nothing is said. */
export function findInstallation(program: string, facts: HostFacts): Installation {
  const manager = packageManagerOf(facts)
  const name = manager && packageOf(program, manager)
  if (manager && name) return { install: commands[manager](name, facts.user.uid === 0 ? '' : 'sudo ') }
  const vendor = Object.hasOwn(vendors, program) ? vendors[program] : undefined
  if (!vendor) return { install: null }
  return { install: (facts.os.family === 'linux' && vendor.linux) || null, page: vendor.page }
}

function packageOf(program: string, manager: PackageManager): string | undefined {
  if (sameEverywhere.has(program)) return program
  return Object.hasOwn(programPackages, program) ? programPackages[program]?.[manager] : undefined
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

/** Programs whose package has their name in each of these systems. */
const sameEverywhere = new Set(['age', 'curl', 'git', 'lsof', 'podman', 'rclone', 'restic', 'socat'])

/** Where a package is not called as its program is. A missing entry of a manager: that system does not package it. */
const programPackages: Readonly<Record<string, Partial<Record<PackageManager, string>>>> = {
  node: { brew: 'node', dnf: 'nodejs', pacman: 'nodejs' },
  python3: { brew: 'python', apt: 'python3', dnf: 'python3', pacman: 'python' },
  ssh: { brew: 'openssh', apt: 'openssh-client', dnf: 'openssh-clients', pacman: 'openssh' },
  docker: { brew: '--cask orbstack', apt: 'docker.io', dnf: 'moby-engine', pacman: 'docker' },
  orbstack: { brew: '--cask orbstack' },
  ollama: { brew: 'ollama', pacman: 'ollama' },
  'llama-server': { brew: 'llama.cpp' },
  lms: { brew: '--cask lm-studio' },
  tailscale: { brew: 'tailscale', dnf: 'tailscale', pacman: 'tailscale' },
  cloudflared: { brew: 'cloudflared', pacman: 'cloudflared' },
  'signal-cli': { brew: 'signal-cli' },
  sops: { brew: 'sops', pacman: 'sops' },
  'livekit-server': { brew: 'livekit' },
  limactl: { brew: 'lima' },
  colima: { brew: 'colima' },
  pnpm: { brew: 'pnpm', pacman: 'pnpm' },
  ffmpeg: { brew: 'ffmpeg', apt: 'ffmpeg', pacman: 'ffmpeg' },
  sqlite3: { brew: 'sqlite', apt: 'sqlite3', dnf: 'sqlite', pacman: 'sqlite' },
  'kiwix-serve': { brew: 'kiwix-tools', apt: 'kiwix-tools', dnf: 'kiwix-tools', pacman: 'kiwix-tools' },
  'redis-server': { brew: 'redis', apt: 'redis-server', dnf: 'redis', pacman: 'redis' },
  ping: { apt: 'iputils-ping', dnf: 'iputils', pacman: 'iputils' },
  ip: { apt: 'iproute2', dnf: 'iproute', pacman: 'iproute2' },
}

/** Where the vendor says how, and the one command for every Linux that stands there, if there is one. */
const vendors: Readonly<Record<string, { readonly page: string; readonly linux?: string }>> = {
  cloudflared: { page: 'https://pkg.cloudflare.com/' },
  limactl: { page: 'https://lima-vm.io/docs/installation/' },
  'livekit-server': { page: 'https://docs.livekit.io/transport/self-hosting/local/', linux: 'curl -sSL https://get.livekit.io | bash' },
  'llama-server': { page: 'https://github.com/ggml-org/llama.cpp/releases' },
  lms: { page: 'https://lmstudio.ai/download' },
  node: { page: 'https://nodejs.org/en/download' },
  ollama: { page: 'https://ollama.com/download/linux', linux: 'curl -fsSL https://ollama.com/install.sh | sh' },
  pnpm: { page: 'https://pnpm.io/installation' },
  'signal-cli': { page: 'https://github.com/AsamK/signal-cli#installation' },
  sops: { page: 'https://github.com/getsops/sops/releases' },
  tailscale: { page: 'https://tailscale.com/download/linux', linux: 'curl -fsSL https://tailscale.com/install.sh | sh' },
}
