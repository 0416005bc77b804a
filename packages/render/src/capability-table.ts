/** The forms of units that can be written, told apart where they can say different things. */
export const unitTargets = ['launchd', 'systemd-252', 'systemd-254', 'systemd-user-252', 'systemd-user-254', 'embedded'] as const
export type UnitTarget = (typeof unitTargets)[number]

/** exact: the target says it itself. emulated: something of Sanctum does it instead. impossible: nothing does. */
export type Support =
  | { readonly kind: 'exact' }
  | { readonly kind: 'emulated'; readonly how: string }
  | { readonly kind: 'impossible'; readonly how: string }

const exact: Support = { kind: 'exact' }
const emulated = (how: string): Support => ({ kind: 'emulated', how })
const impossible = (how: string): Support => ({ kind: 'impossible', how })

type Row = Readonly<Record<UnitTarget, Support>>

/** One row from four columns; the two forms of systemd differ in few rows. */
function row(launchd: Support, systemd: Support, embedded: Support, systemdUser: Support = systemd): Row {
  return {
    launchd,
    'systemd-252': systemd,
    'systemd-254': systemd,
    'systemd-user-252': systemdUser,
    'systemd-user-254': systemdUser,
    embedded,
  }
}

const judged = 'the watchdog judges it; the unit itself is not held back'
const gated = '`up` waits for readiness before it starts what depends on it, and the watchdog judges it later'
const noSandbox = 'it has no sandbox'
const noLimit = 'nothing is forbidden here, so nothing needs to be allowed'
const notOrdered = 'launchd knows no dependencies; `up` starts in order, and the watchdog lets what depends on it wait'
const constantDelay = 'the delay stays at restart.delay_s; the start limit ends the series'

/**
 * Field of a service × target. What stands behind a colon narrows the field to one of its uses.
 * Every field that a service uses is looked up here, so none is validated and then ignored.
 */
export const capabilityTable = {
  kind: row(exact, exact, exact),
  label: row(exact, exact, exact),
  'domain:system': row(
    exact,
    exact,
    emulated('it survives a logout; after a restart of the machine `sanctumctl up` starts it'),
    emulated("it runs in the operator's manager; with lingering switched on that starts with the machine"),
  ),
  'domain:user': row(exact, emulated("the machine's manager starts it as the operator, login or not"), exact, exact),
  'run.command': row(exact, exact, exact),
  'run.cwd': row(exact, exact, exact),
  'run.env': row(exact, exact, exact),
  'run.secrets:env': row(exact, exact, exact),
  'run.secrets:file': row(exact, exact, exact),
  'run.user': row(exact, exact, impossible('it cannot change the account'), impossible("the operator's manager cannot change the account")),
  'run.user:user-domain': row(
    impossible('an agent runs as whoever logs in'),
    exact,
    impossible('it cannot change the account'),
    impossible("the operator's manager cannot change the account"),
  ),
  'run.reload_signal': row(emulated('Sanctum sends the signal through launchctl'), exact, exact),
  container: row(exact, exact, exact),
  'schedule.every_s': row(exact, exact, exact),
  'schedule.at_load': row(exact, exact, exact),
  'schedule.at': row(exact, exact, exact),
  'schedule.catch_up': row(
    emulated('launchd catches up after sleep; after a power-off the watchdog sees that the job is overdue'),
    exact,
    exact,
  ),
  requires: row(emulated(notOrdered), exact, exact),
  'requires:running': row(emulated(gated), emulated(gated), exact),
  'requires:elsewhere': row(emulated(judged), emulated(judged), emulated(judged)),
  'health.readiness': row(emulated(gated), emulated(gated), exact),
  'restart.when': row(exact, exact, exact),
  'restart.when:job': row(impossible('launchd would start it at load and keep it alive'), exact, exact),
  'restart.when:fallback': row(emulated('launchd would start it at load; once it is started the watchdog keeps it up'), exact, exact),
  'restart.delay_s': row(emulated('ThrottleInterval counts from start to start, in whole seconds'), exact, exact),
  'restart.max_delay_s': {
    ...row(emulated('launchd knows one interval; the watchdog ends the series'), exact, exact),
    'systemd-252': emulated(constantDelay),
    'systemd-user-252': emulated(constantDelay),
  },
  'restart.max_delay_s:from-zero': row(
    emulated('a delay of zero does not grow; the watchdog ends the series'),
    emulated('a delay of zero does not grow; the start limit ends the series'),
    exact,
  ),
  'restart.limit': row(emulated('launchd never gives up; the watchdog counts the starts and stops it'), exact, exact),
  'stop.signal': row(impossible('launchd stops a job with SIGTERM and no other signal'), exact, exact),
  'stop.timeout_s': row(exact, exact, exact),
  start_timeout_s: row(emulated(gated), emulated(gated), exact),
  fallback_only: row(exact, exact, exact),
  'sandbox.level:strict': row(impossible(noSandbox), exact, impossible(noSandbox)),
  'sandbox.level:home': row(impossible(noSandbox), exact, impossible(noSandbox)),
  'sandbox.writable': row(emulated(noLimit), exact, emulated(noLimit)),
  'sandbox.network:none': row(impossible('it cannot cut off the network'), exact, impossible('it cannot cut off the network')),
  'sandbox.network:loopback': row(
    impossible('it cannot limit the network'),
    exact,
    impossible('it cannot limit the network'),
    impossible('only the manager of the machine may filter addresses'),
  ),
  waits_for_paths: row(
    emulated('bin/wait-for-paths stands in front of the program'),
    emulated('bin/wait-for-paths stands in front of the program'),
    exact,
  ),
  'session:gui': row(
    exact,
    impossible('a unit of the machine has no graphical session'),
    impossible('it knows no graphical session'),
    exact,
  ),
  'session:background': row(exact, emulated('no unit here needs a graphical session'), emulated('no unit here needs a graphical session')),
  logs: row(exact, exact, exact),
} as const satisfies Record<string, Row>

export type CapabilityField = keyof typeof capabilityTable

/** Fields that say nothing about how a unit is run, and who reads them instead. */
export const fieldsBesideUnits: Readonly<Record<string, string>> = {
  id: 'names the files',
  title: 'for people; units and manifests show it',
  tier: 'the watchdog reads it in the manifest',
  provides: 'probes and plans read it in the manifest',
  dependents: 'follows from requires',
  'health.startup': 'the watchdog reads it in the manifest',
  'health.liveness': 'the watchdog reads it in the manifest',
  'health.contract': 'the watchdog reads it in the manifest',
  remediation: 'the watchdog reads it in the manifest',
  capacity: 'admission reads it in the manifest',
  settings: 'the service reads it in the manifest',
  backends: 'the router reads it in the manifest',
  default_backend: 'the router reads it in the manifest',
  'schedule.kind': 'decides between schedule.every_s and schedule.at',
  'requires.here': 'the resolver says it; decides between requires and requires:elsewhere',
  'sandbox.waiver': 'counts where a sandbox is impossible',
  waivers: 'count where a field is impossible',
}
