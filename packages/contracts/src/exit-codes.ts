/** Every exit code of every program of Sanctum. `--help`, the documentation and the tests read this table. */
export const exitCodes = {
  ok: { code: 0, meaning: 'fine' },
  problems: {
    code: 1,
    meaning: 'ran and found problems: unhealthy, gate closed, not bootstrapped, or a required check could not be made',
  },
  pending: { code: 2, meaning: 'only drift or pending changes' },
  reverted: { code: 3, meaning: 'a change failed and was reverted' },
  stuck: { code: 4, meaning: 'a change failed and could not be reverted' },
  gateWorkingTree: { code: 20, meaning: 'release: something in the working tree is not committed' },
  gateTests: { code: 21, meaning: 'release: no receipt says that every test passed on these files' },
  gateDoctor: { code: 22, meaning: 'release: doctor is not clean in a disposable haus' },
  gateVerify: { code: 23, meaning: 'release: verify is not clean in a disposable haus' },
  gateDocs: { code: 24, meaning: 'release: the documentation is not clean' },
  gateContracts: { code: 25, meaning: 'release: a contract with another repository is broken' },
  gatePackages: { code: 26, meaning: 'release: a package is not as it may be published' },
  gateLedgers: { code: 27, meaning: 'release: a ledger proves another state of the code' },
  releaseVersion: { code: 28, meaning: 'release: there is no version that may follow' },
  releaseRefused: { code: 29, meaning: 'release verify: the release is not to be trusted' },
  usage: { code: 64, meaning: 'the command line was wrong' },
  invalid: { code: 65, meaning: 'the catalog, an overlay or other given input is invalid' },
  unavailable: {
    code: 69,
    meaning: 'something needed is unavailable: a prerequisite, a port held by somebody else, a service, the network',
  },
  bug: { code: 70, meaning: 'a bug of Sanctum' },
  cannotWrite: { code: 73, meaning: 'cannot write: the disk is full or read-only' },
  locked: { code: 75, meaning: 'another run holds the lock, or a proof that was asked for is missing or stale; try again' },
  permission: { code: 77, meaning: 'not permitted' },
  hostConfig: { code: 78, meaning: 'the configuration of this host is invalid: its instance.yaml or SANCTUM_* variables' },
  interrupted: { code: 130, meaning: 'interrupted' },
  terminated: { code: 143, meaning: 'terminated' },
} as const satisfies Record<string, { code: number; meaning: string }>

export type ExitName = keyof typeof exitCodes
