import type { FindingCode } from './finding-code.ts'

/** Codes about a machine that is not what its current generation says: files, and what runs. */
export const driftCodes = {
  DRIFT_MODIFIED: {
    severity: 'error',
    title: 'a file is not what was committed',
    impact: 'Whoever reads it, the service manager included, goes by something that no catalog says.',
    remedy: 'Look at what differs; sanctumctl render puts back what lies in the generation, and with --force what was edited outside.',
    exit: 'pending',
  },
  DRIFT_MISSING: {
    severity: 'error',
    title: 'a committed file is gone',
    impact: 'What reads it finds nothing; a unit without its file does not come back after a reboot.',
    remedy: 'Run sanctumctl render; it puts the file back.',
    exit: 'pending',
  },
  DRIFT_EXTRA: {
    severity: 'error',
    title: 'a file that no generation knows lies where Sanctum publishes, under its name',
    impact: 'The service manager may load it, and nobody updates, probes or stops it.',
    remedy: 'Find out who put it there; then remove it, or describe it in the catalog.',
    exit: 'pending',
  },
  DRIFT_STALE: {
    severity: 'error',
    title: 'a file that is no longer wanted is still there',
    impact: 'The service manager may go on loading what the catalog has retired.',
    remedy: 'Run sanctumctl render; it removes what is unchanged since Sanctum wrote it, and names what was edited.',
    exit: 'pending',
  },
  DRIFT_METADATA: {
    severity: 'error',
    title: 'a file has another mode or owner than was committed',
    impact: 'Others may change it, or the service manager may refuse it.',
    remedy: 'Run sanctumctl render for the mode; give the file back to its owner with chown.',
    exit: 'pending',
  },
  DRIFT_SHADOW: {
    severity: 'error',
    title: 'another file under the same name or label lies where the service manager looks',
    impact: 'The manager may load that one instead, or in addition; what was committed then has no effect.',
    remedy: 'Compare the two, move what is worth keeping into the catalog, and remove the other file.',
    exit: 'pending',
  },
  UNIT_OTHER_DEFINITION: {
    severity: 'error',
    title: 'the service manager has loaded a unit from another file than the one that was published',
    impact: 'What was committed for this service has no effect, or only in part.',
    remedy: 'Remove the other file or drop-in that the finding names, then restart the service.',
    exit: 'pending',
  },
  UNIT_OLD_PROGRAM: {
    severity: 'error',
    title: 'a process runs a program that was replaced on disk since it started',
    impact: 'It is not the version that is installed, and its next start may fail or behave differently without warning.',
    remedy: 'Restart the service.',
    exit: 'pending',
  },
  UNIT_WRONG_LABEL: {
    severity: 'error',
    title: 'a service is loaded under a label that is no longer its own',
    impact: 'It may run twice, and whoever asks for it by its name does not find what runs.',
    remedy: 'Run sanctumctl up; it stops and forgets the old label.',
    exit: 'pending',
  },
  DRIFT_UNCHECKED: {
    severity: 'error',
    title: 'a part of the machine could not be compared with its generation',
    impact: 'Whether it drifted is unknown, so it does not count as unchanged.',
    remedy: 'Mend what the finding names, then look again.',
    exit: 'problems',
  },
  CHANGE_PENDING: {
    severity: 'error',
    title: 'the catalog says something that was not committed yet',
    impact: 'The machine still runs what the catalog said before; nothing drifted.',
    remedy: 'Look at it with sanctumctl render --check --diff, then run sanctumctl render.',
    exit: 'pending',
  },
  RETIRED_FOREIGN: {
    severity: 'warning',
    title: 'a unit file of a retired service was not written by Sanctum',
    impact: 'It stays, and the service manager may go on loading it.',
    remedy: 'Look at the file; remove it by hand if it belongs to the retired service.',
  },
} as const satisfies Record<string, FindingCode>
