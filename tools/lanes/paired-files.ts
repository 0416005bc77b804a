/**
 * Real tests run one file at a time, so that no two fight for a core; every new file does. Three of these run side by side, because they
 * mostly wait. What a file must keep to be here:
 * - it waits for what must come true, with deadlines of many seconds, and holds nothing against the clock;
 * - its home, its machine and its ports (`freePorts`) are its own, and it looks at no process that is not of its home;
 * - it neither builds nor writes into this repository.
 */
export const pairedFiles: readonly string[] = [
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
