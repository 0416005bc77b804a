/**
 * Real tests run one file at a time, so that no two fight for a core; every new file does. Three of the first list run side by side,
 * because they mostly wait, and two of the second, because each keeps one core busy. What a file must keep to be in either:
 * - it waits for what must come true, with deadlines of many seconds, and holds nothing against the clock;
 * - its home, its machine and its ports (`freePorts`) are its own, and it looks at no process that is not of its home;
 * - it neither builds nor writes into this repository.
 */
export const waitingFiles: readonly string[] = [
  'apps/cli/test/completion.real.test.ts',
  'apps/cli/test/confirm-or-revert.real.test.ts',
  'apps/cli/test/doctor.real.test.ts',
  'apps/cli/test/drift.real.test.ts',
  'apps/cli/test/drill.real.test.ts',
  'apps/cli/test/healing-commands.real.test.ts',
  'apps/cli/test/launchd.real.test.ts',
  'apps/cli/test/lifecycle.real.test.ts',
  'apps/cli/test/stability.real.test.ts',
  'apps/cli/test/systemd.real.test.ts',
  'apps/cli/test/uninstall.real.test.ts',
  'apps/daemon/test/failsafe.real.test.ts',
  'apps/daemon/test/healing.real.test.ts',
  'apps/daemon/test/soak.real.test.ts',
  'apps/daemon/test/watchdog.real.test.ts',
]

export const pairedFiles: readonly string[] = [
  'apps/cli/test/catalogs/unit-files.real.test.ts',
  'apps/cli/test/contracts.real.test.ts',
  'apps/cli/test/crash/full-homes.real.test.ts',
  'apps/cli/test/disposable.real.test.ts',
  'apps/cli/test/render-receipt.real.test.ts',
  'apps/cli/test/retirement.real.test.ts',
  'apps/cli/test/rollback.real.test.ts',
  'apps/cli/test/router.real.test.ts',
  'apps/cli/test/start.real.test.ts',
  'apps/cli/test/upgrade-limits.real.test.ts',
  'apps/cli/test/workspaces.real.test.ts',
  'apps/daemon/test/local-attacks.real.test.ts',
  'apps/daemon/test/main.real.test.ts',
  'apps/docs-gate/test/docs-gate.real.test.ts',
  'packages/generations/test/kills.real.test.ts',
  'packages/probes/test/observe-work.real.test.ts',
  'packages/release/test/keyless.real.test.ts',
  'packages/release/test/write-kills.real.test.ts',
  'packages/render/test/environment.real.test.ts',
  'packages/render/test/plist.real.test.ts',
  'packages/render/test/systemd.real.test.ts',
  'packages/render/test/with-secrets.real.test.ts',
  'packages/router-failover/test/continuation.real.test.ts',
  'packages/router-failover/test/exam-clients.real.test.ts',
  'packages/router-failover/test/router-identity.real.test.ts',
  'tools/checks/checks.real.test.ts',
  'tools/lanes/run-vitest.real.test.ts',
  'tools/model-server/model-server.real.test.ts',
  'tools/prove/incident-wall.real.test.ts',
  'tools/prove/planted-faults.real.test.ts',
  'tools/test/changesets.real.test.ts',
]
