/** What only orders or wishes; a plain entry would keep the service down without the other one. */
const SOFTLY = 'requires: [{ service: ID, strength: soft }]'

/**
 * Keys that other programs (Compose, systemd, launchd, Kubernetes, cron, Uptime Kuma) have for what a catalog says elsewhere, and where. The
 * spelling that is nearest would be another key, or none.
 */
const foreignKeys: Readonly<Record<string, readonly string[]>> = {
  after: [SOFTLY],
  args: ['command', 'run.command'],
  autostart: ['enabled'],
  cmd: ['command', 'run.command'],
  command: ['run.command'],
  cron: ['at', 'schedule.at'],
  cwd: ['run.cwd'],
  depends: ['requires'],
  depends_on: ['requires'],
  disabled: ['enabled, which says the opposite,'],
  entrypoint: ['command', 'run.command'],
  env: ['run.env'],
  environment: ['env', 'run.env'],
  exec: ['command', 'run.command'],
  execstart: ['command', 'run.command'],
  expose: ['provides'],
  health_check: ['health'],
  healthcheck: ['health'],
  image: ['container.image'],
  interval: ['interval_s', 'every_s'],
  interval_s: ['every_s'],
  keep_alive: ['restart.when'],
  mem_limit: ['capacity.ram_budget_mb'],
  memory: ['capacity.ram_budget_mb'],
  name: ['title'],
  needs: ['requires'],
  node: ['on.nodes'],
  nodes: ['on.nodes'],
  os: ['on.os'],
  port: ['provides'],
  ports: ['provides'],
  probe: ['health'],
  probes: ['health'],
  restart_policy: ['restart.when'],
  retries: ['open_after'],
  secrets: ['run.secrets'],
  status_code: ['status'],
  timeout: ['timeout_ms', 'timeout_s'],
  type: ['kind'],
  user: ['run.user'],
  wants: [SOFTLY],
  working_dir: ['cwd', 'run.cwd'],
  workdir: ['cwd', 'run.cwd'],
}

/** What such a key is called here, where this place has that; null where it is no word of another program. */
export function findForeignKey(key: string, known: readonly string[]): string | null {
  const word = key.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()
  const places = Object.hasOwn(foreignKeys, word) ? (foreignKeys[word] ?? []) : []
  return places.find((place) => known.includes(/^\w+/.exec(place)?.[0] ?? '')) ?? null
}
