import type { CommandDefinition, OptionDefinition } from './command.ts'
import { choices } from './completion/choices.ts'

const facts: OptionDefinition = {
  flags: '--facts <file>',
  describe: 'use saved facts of a machine instead of asking this one',
  takes: 'file',
}
const node: OptionDefinition = { flags: '--node <id>', describe: 'the node of the haus to resolve for' }
const set: OptionDefinition = {
  flags: '--set <path=value>',
  describe: 'set one value above every other layer; may be repeated',
  repeats: true,
}
const profile: OptionDefinition = {
  flags: '--profile <name>',
  describe: 'install profile: minimal, standard or full',
  takes: choices.profiles,
}
const resolving = [node, facts, profile, set] as const

/** The whole command tree, in the order of help. */
export const commandTable: readonly CommandDefinition[] = [
  {
    path: ['up'],
    summary: 'make this machine match the catalog and run it',
    options: resolving,
    writes: true,
    examples: ['sanctumctl up', 'sanctumctl up --catalog catalogs/manoir', 'sanctumctl up --dry-run'],
    load: () => import('./commands/up.ts'),
  },
  {
    path: ['down'],
    summary: 'stop what runs, dependents first; it stays stopped until up',
    writes: true,
    examples: ['sanctumctl down'],
    load: () => import('./commands/down.ts'),
  },
  {
    path: ['status'],
    summary: 'one honest table: what runs, since when, and why not',
    examples: ['sanctumctl status', 'sanctumctl status --json'],
    load: () => import('./commands/status.ts'),
  },
  {
    path: ['restart'],
    summary: 'restart one service and wait until it is ready',
    args: [{ syntax: '<id>', describe: 'the service', takes: 'service' }],
    writes: true,
    examples: ['sanctumctl restart dashboard'],
    load: () => import('./commands/restart.ts'),
  },
  {
    path: ['logs'],
    summary: 'what a service wrote',
    args: [{ syntax: '<id>', describe: 'the service', takes: 'service' }],
    options: [
      { flags: '-f, --follow', describe: 'keep printing what is added' },
      { flags: '-n, --lines <count>', describe: 'how many of the last lines first (50)' },
    ],
    examples: ['sanctumctl logs watchdog', 'sanctumctl logs watchdog -f'],
    load: () => import('./commands/logs.ts'),
  },
  {
    path: ['doctor'],
    summary: 'what is wrong on this machine, and what to type',
    options: [
      { flags: '--quick', describe: 'wait for no answer longer than a second' },
      { flags: '--check <name>', describe: 'only this check; may be repeated', repeats: true, takes: choices.checks },
      { flags: '--list', describe: 'name the checks and end' },
      { flags: '--fix', describe: 'apply what is safe, and look again; see it first with --dry-run' },
      ...resolving,
    ],
    writes: true,
    examples: ['sanctumctl doctor --quick', 'sanctumctl doctor --check ports', 'sanctumctl doctor --fix --dry-run'],
    load: () => import('./commands/doctor.ts'),
  },
  {
    path: ['verify'],
    summary: 'prove step by step that catalog, machine and live surfaces are what they say; leaves a receipt',
    options: [
      { flags: '--suite <name>', describe: 'only this suite; may be repeated', repeats: true, takes: choices.suites },
      { flags: '--junit <file>', describe: 'also write the results as JUnit XML', takes: 'file' },
      node,
      profile,
      set,
    ],
    writes: true,
    examples: ['sanctumctl verify', 'sanctumctl verify --suite workspace', 'sanctumctl verify --junit verify.xml'],
    load: () => import('./commands/verify.ts'),
  },
  {
    path: ['drift'],
    summary: 'how this machine differs from what was committed: files, and what runs',
    options: [
      { flags: '--files', describe: 'only the files' },
      { flags: '--units', describe: 'only what runs' },
    ],
    examples: ['sanctumctl drift', 'sanctumctl drift --files', 'sanctumctl drift --json'],
    load: () => import('./commands/drift.ts'),
    loadQuick: () => import('./commands/drift-quick.ts'),
  },
  {
    path: ['render'],
    summary: 'commit what the catalog says as a generation, or show how the machine differs',
    options: [
      { flags: '--check', describe: 'only compare: exit 2 and a diff where the machine differs; never writes' },
      { flags: '--diff', describe: 'show the text of every change' },
      { flags: '--target <name>', describe: 'only this kind of file; may be repeated', repeats: true, takes: choices.targets },
      { flags: '--out <dir>', describe: 'write the files into an empty folder instead of this machine', takes: 'folder' },
      { flags: '--force', describe: 'replace files that are not ours or were edited by hand; they are kept as backups' },
      ...resolving,
    ],
    writes: true,
    examples: ['sanctumctl render', 'sanctumctl render --check', 'sanctumctl render --facts catalogs/facts/mac-hub.json --out build/mac'],
    load: () => import('./commands/render.ts'),
    loadQuick: () => import('./commands/render-quick.ts'),
  },
  {
    path: ['stability', 'start'],
    summary: 'begin the days in which nothing may be red; refused while doctor finds something',
    writes: true,
    examples: ['sanctumctl stability start', 'sanctumctl stability start --dry-run'],
    load: () => import('./commands/stability-start.ts'),
  },
  {
    path: ['stability', 'status'],
    summary: 'the week as it was recorded, and how many days are left',
    examples: ['sanctumctl stability status', 'sanctumctl stability status --json'],
    load: () => import('./commands/stability-status.ts'),
  },
  {
    path: ['stability', 'check'],
    summary: 'the gate: open after full days without a red, and with everything clean now',
    examples: ['sanctumctl stability check'],
    load: () => import('./commands/stability-check.ts'),
  },
  {
    path: ['stability', 'abort'],
    summary: 'end a window; what was recorded stays',
    options: [{ flags: '--reason <text>', describe: 'why' }],
    writes: true,
    examples: ['sanctumctl stability abort --reason "new disk"'],
    load: () => import('./commands/stability-abort.ts'),
  },
  {
    path: ['generations', 'list'],
    summary: 'the generations of this machine, newest first',
    examples: ['sanctumctl generations list'],
    load: () => import('./commands/generations-list.ts'),
  },
  {
    path: ['generations', 'diff'],
    summary: 'what differs between two generations',
    args: [
      { syntax: '<a>', describe: 'a number', takes: 'generation' },
      { syntax: '<b>', describe: 'another', takes: 'generation' },
    ],
    examples: ['sanctumctl generations diff 3 4'],
    load: () => import('./commands/generations-diff.ts'),
  },
  {
    path: ['generations', 'pin'],
    summary: 'keep a generation whatever its age',
    args: [{ syntax: '<number>', describe: 'the generation', takes: 'generation' }],
    options: [{ flags: '--reason <text>', describe: 'why it is to stay' }],
    writes: true,
    examples: ['sanctumctl generations pin 3 --reason moving'],
    load: () => import('./commands/generations-pin.ts'),
  },
  {
    path: ['generations', 'unpin'],
    summary: 'let a pinned generation go with the others of its age',
    args: [{ syntax: '<number>', describe: 'the generation', takes: 'generation' }],
    writes: true,
    examples: ['sanctumctl generations unpin 3'],
    load: () => import('./commands/generations-unpin.ts'),
  },
  {
    path: ['rollback'],
    summary: 'go back to an earlier generation, byte for byte',
    args: [{ syntax: '[number]', describe: 'the generation; the one before the current by default', takes: 'generation' }],
    options: [{ flags: '--force', describe: 'replace files that are not ours or were edited by hand; they are kept as backups' }],
    writes: true,
    examples: ['sanctumctl rollback', 'sanctumctl rollback 3'],
    load: () => import('./commands/rollback.ts'),
  },
  {
    path: ['revert'],
    summary: 'go back to the generation that was last confirmed, where the current one was not confirmed in time',
    options: [{ flags: '--now', describe: 'go back although the current one may still be confirmed' }],
    writes: true,
    examples: ['sanctumctl revert', 'sanctumctl revert --now'],
    load: () => import('./commands/revert.ts'),
  },
  {
    path: ['uninstall'],
    summary: 'take Sanctum off this machine: its units, and the files it published; the home stays',
    options: [{ flags: '--purge', describe: 'remove the home too: generations, journal, secrets and the machine layer' }],
    writes: true,
    examples: ['sanctumctl uninstall', 'sanctumctl uninstall --dry-run', 'sanctumctl uninstall --purge --yes'],
    load: () => import('./commands/uninstall.ts'),
  },
  {
    path: ['bootstrap'],
    summary: 'show what this machine needs and what would be created; --write creates it',
    options: [
      { flags: '--write', describe: 'create it' },
      { flags: '--force', describe: 'write the node id and the machine layer anew; the old ones are kept' },
      ...resolving,
    ],
    writes: true,
    examples: ['sanctumctl bootstrap', 'sanctumctl bootstrap --write'],
    load: () => import('./commands/bootstrap.ts'),
  },
  {
    path: ['explain'],
    summary: 'why a value is what it is, or what a finding code means',
    args: [
      { syntax: '<subject>', describe: 'a path such as services.dashboard.port, a code such as PORT_HELD, or the number of a generation' },
    ],
    options: resolving,
    examples: ['sanctumctl explain services.dashboard.port', 'sanctumctl explain PORT_HELD'],
    load: () => import('./commands/explain.ts'),
  },
  {
    path: ['drill', 'heal'],
    summary: 'hurt one service on purpose, and see when that is noticed and when it is over',
    args: [{ syntax: '<id>', describe: 'the service', takes: 'service' }],
    options: [{ flags: '--fault <name>', describe: 'kill, hang, port-squat, disk or dependency (kill)', takes: choices.drillFaults }],
    writes: true,
    examples: ['sanctumctl drill heal dashboard --dry-run', 'sanctumctl drill heal dashboard --fault hang --yes'],
    load: () => import('./commands/drill-heal.ts'),
  },
  {
    path: ['catalog', 'check'],
    summary: 'read the catalog and name everything that is wrong with it',
    examples: ['sanctumctl catalog check', 'sanctumctl catalog check --catalog catalogs/manoir'],
    load: () => import('./commands/catalog-check.ts'),
  },
  {
    path: ['catalog', 'render'],
    summary: 'write the checked-in service manifests of the catalog',
    options: [{ flags: '--check', describe: 'only compare: exit 2 where they differ; never writes' }],
    writes: true,
    examples: ['sanctumctl catalog render --catalog catalogs/manoir', 'sanctumctl catalog render --check'],
    load: () => import('./commands/catalog-render.ts'),
  },
  {
    path: ['catalog', 'graph'],
    summary: 'who needs whom',
    options: [{ flags: '--format <name>', describe: 'mermaid, dot or json (mermaid)', takes: choices.graphFormats }],
    examples: ['sanctumctl catalog graph --format dot'],
    load: () => import('./commands/catalog-graph.ts'),
  },
  {
    path: ['catalog', 'schema'],
    summary: 'the JSON Schema of one kind of document',
    args: [{ syntax: '[kind]', describe: 'catalog, layer, …; all names if left out', takes: choices.documentKinds }],
    examples: ['sanctumctl catalog schema', 'sanctumctl catalog schema catalog'],
    load: () => import('./commands/catalog-schema.ts'),
  },
  {
    path: ['host', 'facts'],
    summary: 'what is stable about this machine',
    options: [{ flags: '--observations', describe: 'also what is seen now: listeners with owner, model servers' }],
    examples: ['sanctumctl host facts', 'sanctumctl host facts --json > here.json'],
    load: () => import('./commands/host-facts.ts'),
  },
  {
    path: ['host', 'profile'],
    summary: 'the haus as resolved for this machine',
    options: resolving,
    examples: ['sanctumctl host profile', 'sanctumctl host profile --facts catalogs/facts/vm.json --catalog catalogs/manoir'],
    load: () => import('./commands/host-profile.ts'),
  },
  {
    path: ['host', 'prerequisites'],
    summary: 'what is needed, what was found, and how to install the rest',
    options: resolving,
    examples: ['sanctumctl host prerequisites'],
    load: () => import('./commands/host-prerequisites.ts'),
  },
  {
    path: ['host', 'audit'],
    summary: 'paths of one machine that are written into a folder of text',
    args: [{ syntax: '<dir>', describe: 'the folder', takes: 'folder' }],
    examples: ['sanctumctl host audit ../council-router'],
    load: () => import('./commands/host-audit.ts'),
  },
  {
    path: ['completion'],
    summary: 'the script that lets a shell complete commands, options and names',
    args: [{ syntax: '<shell>', describe: 'bash, zsh or fish', takes: choices.shells }],
    examples: [
      'sanctumctl completion bash > ~/.local/share/bash-completion/completions/sanctumctl',
      'sanctumctl completion zsh > ~/.zfunc/_sanctumctl',
      'sanctumctl completion fish > ~/.config/fish/completions/sanctumctl.fish',
    ],
    load: () => import('./commands/completion.ts'),
  },
]

/** Options of every command. */
export const globalOptions: readonly OptionDefinition[] = [
  { flags: '--json', describe: 'one JSON document on stdout' },
  { flags: '--no-color', describe: 'no colour' },
  { flags: '-q, --quiet', describe: 'no talk on stderr' },
  { flags: '-v, --verbose', describe: 'more detail; the stack of a fault' },
  { flags: '--catalog <dir>', describe: 'the folder of the catalog', takes: 'folder' },
]

/** Options of every command that changes something. */
export const writingOptions: readonly OptionDefinition[] = [
  { flags: '--dry-run', describe: 'show the plan and change nothing' },
  { flags: '-y, --yes', describe: 'do not ask' },
]
