import type { FindingCode } from './finding-code.ts'

/** Codes about making a release, and about trusting one. */
export const releaseCodes = {
  RELEASE_GATE_CLOSED: {
    severity: 'error',
    title: 'a gate of the release is closed',
    impact: 'Nothing was made. What a gate has not seen green is not released.',
    remedy: 'Do what the finding names, then release again; gates that were green are not asked twice for the same files.',
  },
  RELEASE_VERSION_REFUSED: {
    severity: 'error',
    title: 'the release has no version that may follow',
    impact: 'Nothing was made. Whoever has the last release could not tell the new one from it.',
    remedy: 'Add a changeset with tools/sanctumctl dev pnpm changeset, or ask for the version that the changesets come to.',
    exit: 'releaseVersion',
  },
  RELEASE_UNSIGNED: {
    severity: 'error',
    title: 'a release carries no signature that can be read',
    impact: 'Nobody can say who made it, so nothing in it may be run.',
    remedy: 'Fetch the whole folder again from whoever releases Sanctum.',
    exit: 'releaseRefused',
  },
  RELEASE_SIGNER_UNKNOWN: {
    severity: 'error',
    title: 'a release was not signed by anybody who is trusted here',
    impact: 'It may come from anybody.',
    remedy: 'Do not install it. Where its public key reached you by another way: sanctumctl release trust FILE, then verify again.',
    exit: 'releaseRefused',
  },
  RELEASE_ALTERED: {
    severity: 'error',
    title: 'a release is not as it was signed',
    impact: 'A file was changed, cut off, added, left out or taken from another release.',
    remedy: 'Remove the folder and fetch it again.',
    exit: 'releaseRefused',
  },
  RELEASE_OLDER: {
    severity: 'error',
    title: 'a release is older than the one that was trusted last',
    impact: 'Somebody may offer an old release with known faults in place of the new one.',
    remedy: 'Take the newest release. To go back on this machine on purpose, use sanctumctl rollback.',
    exit: 'releaseRefused',
  },
  RELEASE_EXPIRED: {
    severity: 'error',
    title: 'a release has expired',
    impact: 'Somebody may be keeping newer releases from this machine.',
    remedy: 'Fetch the newest release; where there is none, have one made.',
    exit: 'releaseRefused',
  },
} as const satisfies Record<string, FindingCode>
