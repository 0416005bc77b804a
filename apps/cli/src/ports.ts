import type {
  CatalogFiles,
  DocsReport,
  Envelope,
  Event,
  Finding,
  Haus,
  HostFacts,
  HostObservations,
  NewEvent,
  Observation,
  PrimaryLossReport,
  ProcessIdentity,
  ProgramSight,
  RecordedExample,
  ReleasedFile,
  RequiredCheck,
  ResolvedProbe,
  RouterScorecard,
  Step,
  Surface,
  TrustedIdentity,
  TrustedRelease,
} from '@sanctum/contracts'
import type { Surroundings, SurroundingsQuestion } from '@sanctum/generations'
import type { Committed, Generations, Hold, KnownDocument } from '@sanctum/generations/node'
import type { EventFilter, JournalEnd, JournalReading, RunJudgement } from '@sanctum/journal'
import type { SoakLedger } from '@sanctum/journal/node'
import type { ProbeContext } from '@sanctum/probes'
import type { GateRun, ReleaseInput, TarEntry } from '@sanctum/release'
import type { Origin, ReleaseParts, Trust, TrustedSigner, TrustedSigners, WrittenRelease } from '@sanctum/release/node'
import type { Replayed } from '@sanctum/repo-contracts'
import type { GitPort } from '@sanctum/repo-contracts/node'
import type { Delivery, Fault, RouteDefinition } from '@sanctum/router-failover'
import type { UnitManager } from '@sanctum/supervisor'
import type { Git, Installation, ProgramEnd, ProgramRun, Versions } from '@sanctum/upgrade/node'

export type { Generations } from '@sanctum/generations/node'

/** Text files and folders, apart from the generations. */
export interface FilesPort {
  /** Null where there is no such file. */
  readText(path: string): Promise<string | null>
  /** Sorted names in a folder; none where there is no such folder. */
  listFolder(path: string): Promise<readonly string[]>
  /** Whether this user may create and replace files in the folder, or make it where it does not exist. */
  mayWrite(folder: string): Promise<boolean>
  readCatalog(folder: string): Promise<CatalogFiles | null>
  /** Checked-in manifests of a catalog folder by path relative to it. */
  readManifests(folder: string): Promise<Readonly<Record<string, string>>>
  readLastLines(path: string, count: number): Promise<{ readonly lines: readonly string[]; readonly sizeBytes: number } | null>
  follow(path: string, fromBytes: number, signal: AbortSignal): AsyncIterable<string>
  /** Permission bits; null where there is no such file. */
  readMode(path: string): Promise<number | null>
  setMode(path: string, mode: number): Promise<void>
  /** Writes files into a folder that is empty or does not exist; where it holds anything it is left alone. */
  writeEmptyFolder(
    folder: string,
    files: readonly { readonly path: string; readonly mode: string; readonly content: string }[],
  ): Promise<'written' | 'not-empty'>
  /** Performs steps below one folder and nowhere else. */
  perform(steps: readonly Step[], root: string): Promise<void>
  /** From the folder in which the command was typed. */
  toAbsolute(path: string): string
  /** With `~` for the home folder. */
  toShown(path: string): string
}

export interface HostPort {
  /** `programs`: names to look for beside the usual ones. Their versions only where they are asked for, since each is a program to start. */
  facts(programs: readonly string[], asked?: { readonly versions: boolean }): Promise<HostFacts>
  /** Which of these paths exist. */
  presence(paths: readonly string[]): Promise<Readonly<Record<string, boolean>>>
  observations(): Promise<HostObservations>
  /** Only these files of the folder, where they are named. Null where there is no such folder. */
  audit(folder: string, names?: readonly string[]): Promise<readonly Finding[] | null>
}

/** Looks at the files that need no schema. */
export interface QuickDriftPort {
  /** What `committed` says, of a generation of which the document is known; throws where it is another. */
  recalled(roots: readonly string[], known: KnownDocument): Committed
  surroundings(question: SurroundingsQuestion): Surroundings
}

/** Looks that compare this machine with what was committed. They only read. */
export interface DriftPort extends QuickDriftPort {
  /** `roots`: folders below which files are published. */
  committed(roots: readonly string[]): Committed
  programs(pids: readonly number[]): readonly ProgramSight[]
  /** Who listens; nobody is asked anything. */
  listeners(): Promise<Pick<HostObservations, 'listeners' | 'unread'>>
  isSameFile(a: string, b: string): boolean
}

export interface JournalPort {
  /** Beside the events what cannot be trusted. */
  select(filter: EventFilter): JournalReading
  append(event: NewEvent): void
  /** The newest so many that match, oldest first. */
  read(filter: { readonly kind?: string; readonly subject?: string; readonly limit: number }): readonly Event[]
  /** A sentence for each place at which the journal is not whole. */
  verify(): readonly string[]
  /** Whether it ends where it was left. */
  end(): JournalEnd
}

/** A process as the kernel shows it. */
export interface RunningProcess {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly uid: number
  /** Its command line, word by word. */
  readonly words: readonly string[]
}

/** What came of asking a local server. */
export type LocalAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  /** `hangs`: it took the connection, and no whole answer came in time. */
  | { readonly kind: 'silent'; readonly why: string; readonly hangs?: boolean }

/** Looks that only a thorough doctor takes, loaded when they are asked for. They only read. */
export interface InspectPort {
  /** Of the file system on which a path lies; null where there is no such path. */
  disk(path: string): Promise<{ readonly id: string; readonly totalMb: number; readonly freeMb: number } | null>
  /** Null where the system does not say. */
  memory(): Promise<{ readonly totalMb: number; readonly availableMb: number } | null>
  /** Null where there is nothing at the path. Links are followed. */
  owner(path: string): Promise<{ readonly uid: number; readonly gid: number; readonly mode: number } | null>
  /** Null where the system has no such account. */
  account(name: string): Promise<{ readonly uid: number; readonly groups: readonly number[] } | null>
  /** Whether this process may write into the file; true where there is none yet and it may be made. */
  mayWriteFile(path: string): Promise<boolean>
  /** Resident memory of a process, bytes; null where the system does not say. */
  residentBytes(pid: number): Promise<number | null>
  /** Every process; none where the system does not show them. */
  processes(): Promise<readonly RunningProcess[]>
  /** The newest events of a kind as another process of this program prints them; null where it gave no answer. */
  eventsElsewhere(kind: string, longestMs: number): Promise<string | null>
  /** `GET` of a loopback address. */
  ask(url: string, longestMs: number): Promise<LocalAnswer>
}

/** Something put in the way of the haus on purpose. */
export interface PlacedFault {
  remove(): Promise<void>
}

/** What a drill does to a machine. */
export interface FaultsPort {
  /** A process has this number, and has not ended. */
  isThere(pid: number): boolean
  signal(pid: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
  /** Null where its owner is quicker. */
  holdPort(port: { readonly port: number; readonly address: string }, forMs: number): Promise<PlacedFault | null>
  /** Throws where the file system of the folder is too large to be filled. */
  fillDisk(folder: string): Promise<PlacedFault>
}

/** One entry of the log of a router. */
export interface RouterLine {
  readonly level: string
  readonly event: string
  readonly [field: string]: unknown
}

/** Where a router answers. */
export interface RouterPlace {
  readonly host: string
  readonly port: number
  /** Null: by plain http, over loopback alone. `ca`: PEM of what is trusted there; null: what this machine trusts. */
  readonly tls: { readonly ca: string | null } | null
}

/** A router: one that runs, or one that is started and goes with this process. */
export interface RouterPort {
  /** With the token of this user, where there is one. */
  ask(
    place: RouterPlace,
    asked: { readonly method: 'GET' | 'POST' | 'DELETE'; readonly path: string; readonly body?: unknown },
    longestMs: number,
  ): Promise<LocalAnswer>
  /** `words`: what `sanctumd router` is told beside its home. */
  start(
    words: readonly string[],
    signal: AbortSignal,
  ): {
    readonly lines: AsyncIterable<RouterLine>
    /** Its exit code; null where it gave none. */
    readonly ended: Promise<number | null>
    end(): void
  }
}

/** Shadow routes of a running router. */
interface ShadowRoutes {
  readonly place: RouterPlace
  /** What the router wants of who asks it for a model; null: nothing. */
  readonly clientToken: string | null
  readonly addRoute: (route: RouteDefinition, ttlMs: number) => Promise<void>
  readonly removeRoute: (name: string) => Promise<void>
}

export interface RouterDrill extends ShadowRoutes {
  readonly faults: readonly Fault[]
  readonly delivery: Delivery
  /** 1 is full length. */
  readonly timeScale: number
}

export interface PrimaryLossDrill extends ShadowRoutes {
  readonly route: RouteDefinition
  /** So many questions on the warm fallback, over which the memory of the router is looked at. */
  readonly burst: number
  readonly residentBytes: () => Promise<number | null>
}

/** What is planted behind shadow routes, and what came of it. */
export interface DrillPort {
  router(drill: RouterDrill): Promise<RouterScorecard>
  primaryLoss(drill: PrimaryLossDrill): Promise<PrimaryLossReport>
}

/** How a command in a disposable haus ended; its words only where they were captured. */
export interface DisposableRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Why it could not even be started; null where it was. */
  readonly problem: string | null
}

/** A home with nothing in it, and everything that runs for it. */
export interface DisposableHaus {
  /** HOME in it. */
  readonly home: string
  run(
    words: readonly string[],
    options: { readonly output: 'inherit' | 'capture' | 'stderr'; readonly signal: AbortSignal },
  ): Promise<DisposableRun>
  /** Ends all that runs for it, and removes it. Returns the processes that would not end. */
  dispose(): Promise<readonly number[]>
}

export interface DisposablePort {
  /** Of loopback, each free now. */
  freePorts(count: number): Promise<readonly number[]>
  /** `catalog`: what its commands go by, null for the starter; `node`: which of its nodes, where it has more than one. */
  make(haus: { readonly machineLayer: string; readonly catalog: string | null; readonly node: string | null }): Promise<DisposableHaus>
  /** Takes away every haus whose maker was killed; returns their folders. */
  collect(): Promise<readonly string[]>
}

/** The gate of the documentation, a program of the checkout. */
export interface DocsGatePort {
  /** Null where this program does not stand in a checkout with it. `words`: what it is told. */
  run(
    words: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly code: number | null; readonly report: DocsReport | null; readonly said: string } | null>
}

/** Revisions of this program, and other programs. */
export interface UpgradePort {
  readonly installation: Installation
  readonly versions: Versions
  /** This program, as words. */
  readonly self: readonly string[]
  /** The path in the folder, whatever links lead there; null where it lies outside. */
  findWithin(folder: string, path: string): string | null
  git(checkout: string): Git
  /** What a dry run has fetched aside is gone then; nothing to do for anybody else. */
  forget(): Promise<void>
  run(run: ProgramRun): Promise<ProgramEnd>
  /** Ends a process that an upgrade has started, and all that it has started. */
  endGroup(leader: ProcessIdentity): void
  /** One upgrade at a time; null where another is at it after that long. */
  lock(waitMs: number): Promise<{ release(): void } | null>
}

/** Repositories and their providers, as contracts between them are checked. */
export interface ContractsPort {
  /** Null where the folder is in no working copy. */
  openGit(folder: string): Promise<GitPort | null>
  /** Asks a provider once more what was recorded. */
  replay(base: string, example: RecordedExample): Promise<Replayed>
}

/** A package or app of a checkout that is published. */
export interface CheckoutRoom {
  /** `packages/catalog` */
  readonly path: string
  readonly name: string
  readonly version: string
}

interface ProgramOptions {
  readonly patienceMs: number
  readonly signal: AbortSignal
}

/** A checkout of Sanctum, as a release is made from it. */
export interface Checkout {
  readonly root: string
  readonly revision: string
  /** Time of that commit. */
  readonly madeAtMs: number
  /** Digest of every committed file and of the Node that runs. */
  readonly inputs: string
  readonly rooms: readonly CheckoutRoom[]
  git(words: readonly string[], options: ProgramOptions): Promise<GateRun>
  /** Its own launcher. */
  launch(words: readonly string[], options: ProgramOptions & { readonly cwd?: string }): Promise<GateRun>
  readText(path: string): Promise<string | null>
  /** Names of the changesets that wait. */
  listChangesets(): Promise<readonly string[]>
  /** What `changeset status` says; the text is null where it wrote none. Nothing is left in the checkout. */
  changesetStatus(options: ProgramOptions): Promise<GateRun & { readonly text: string | null }>
  /** Below its folder for state, which git ignores. */
  writeState(path: string, text: string): Promise<void>
  /** Of its committed files alone, installed and built anew in a folder of their own. */
  pack(rooms: readonly CheckoutRoom[], signal: AbortSignal): Promise<Packed>
}

export interface Packed {
  /** As they would be published, by the name of the package. */
  readonly archives: Readonly<Record<string, Uint8Array>>
  /** That each package of others names which was installed for it, by `name@version`. */
  readonly licenses: ReadonlyMap<string, string>
}

/** Making a release and trusting one. Loaded only by those commands. */
export interface ReleasePort {
  /** Null where the folder lies in no checkout. */
  openCheckout(folder: string): Promise<Checkout | null>
  /** A private key in PEM, from this file or the one of this home; null where the identity of a CI run signs. */
  readKey(file: string | null): Promise<string | null>
  /** A Fault where a release must not be written into that folder. */
  checkFolder(folder: string): Promise<void>
  /** Without links; of what is not there, by the nearest folder that is. */
  toReal(path: string): Promise<string>
  /** Lets the key in that signed here, unless it was put out; `file` holds it either way. */
  introduceKey(folder: string, pem: string): Promise<{ readonly kind: 'trusted' | 'put-out'; readonly file: string }>
  trustKey(folder: string, pem: string): Promise<void>
  trustIdentity(folder: string, trusted: TrustedIdentity): Promise<void>
  /** A Fault where a file there is damaged. */
  listTrusted(folder: string): Promise<readonly TrustedSigner[]>
  distrust(folder: string, signer: TrustedSigner): Promise<void>
  /** The public half of a key in PEM; null where the text is none. */
  toPublicKey(text: string): string | null
  /** Null where the text is no Sigstore trusted root. */
  toTrustedIdentity(text: string, whom: { readonly issuer: string; readonly identity: string }): TrustedIdentity | null
  fingerprintOfIdentity(trusted: TrustedIdentity): string
  fingerprintOf(pem: string): string
  /** Size and digest of each, by name. */
  describe(contents: ReleaseParts['contents']): readonly ReleasedFile[]
  restamp(
    packed: Uint8Array,
    versions: Readonly<Record<string, string>>,
    origin: Origin | null,
  ): { readonly archive: Uint8Array; readonly entries: readonly TarEntry[] }
  packArchive(entries: readonly TarEntry[]): Uint8Array
  writeRelease(folder: string, parts: ReleaseParts): Promise<WrittenRelease>
  /** Null where there is no such folder. */
  readRelease(folder: string, trusted: TrustedSigners): Promise<Pick<ReleaseInput, 'files' | 'checksums' | 'signature'> | null>
  readTrust(folder: string): Promise<Trust>
  writeTrust(folder: string, last: TrustedRelease): Promise<void>
}

/** The single writer. `busy` says who it is, where that can be known. */
export type LockAttempt =
  | { readonly kind: 'held'; release(): void }
  | { readonly kind: 'busy'; readonly holder: string | null; readonly pid: number | null }

/** The processes of this machine, and its one clock that nobody sets. */
export interface MachinePort {
  bootId(): string
  /** ms since the machine was started; all processes read the same. */
  upMs(): number
  self(): ProcessIdentity
  isAlive(process: ProcessIdentity): boolean
  /** Null where no such process runs. */
  identify(pid: number): ProcessIdentity | null
  /** Resolves when it is gone. */
  end(process: ProcessIdentity): Promise<void>
}

/** How `sanctumctl revert`, run as a process of its own, ended. The answer is null where it gave none. */
export interface ReverterEnd {
  readonly code: number | null
  readonly answer: Envelope | null
}

/** The part of the world that can be looked at without loading much. Nothing here changes anything. */
export interface QuickPorts {
  readonly version: string
  /** SANCTUM_HOME, absolute. */
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly program: {
    readonly starterCatalog: string
    /** Digest of this program; null where it does not run from its bundle. */
    build(): string | null
    /** The commit that it was built from; null where nobody knows. */
    revision(): string | null
  }
  readonly digest: (text: string) => string
  readonly files: Pick<FilesPort, 'readText' | 'readCatalog' | 'toAbsolute' | 'toShown'>
  readonly host: Pick<HostPort, 'facts'>
  readonly drift: QuickDriftPort
  /** What is committed and published, with folders below which files may be published; null where a run was interrupted or a file differs. */
  observeHold(roots: readonly string[]): Hold | null
  /** The same where all is in place, without looking; null where no generation is current, or a document cannot be read. */
  expectHold(surfaces: readonly Surface[]): Hold | null
}

/** Everything of the world that a command touches. */
export interface Ports extends QuickPorts {
  readonly clock: {
    /** ms since the epoch. */
    now(): number
    /** ms on a clock that never jumps. */
    monotonic(): number
    pause(ms: number, signal: AbortSignal): Promise<void>
  }
  readonly files: FilesPort
  readonly host: HostPort
  readonly drift: DriftPort
  readonly journal: JournalPort
  readonly machine: MachinePort
  /** Generations of this home, with the folders below which it may publish. */
  generations(roots: readonly string[]): Generations
  units(haus: Haus): UnitManager
  inspect(): Promise<InspectPort>
  observe(probe: ResolvedProbe, context: ProbeContext): Promise<Observation>
  /** Loaded only where a router is asked for. */
  router(): Promise<RouterPort>
  /** Loaded only by a drill of a router. */
  drills(): Promise<DrillPort>
  /** Loaded only where the documentation is asked for. */
  docsGate(): Promise<DocsGatePort>
  /** Loaded only where contracts are checked. */
  contracts(): Promise<ContractsPort>
  /** Loaded only by a drill. */
  faults(): Promise<FaultsPort>
  /** Loaded only by what makes a haus of its own. */
  disposable(): Promise<DisposablePort>
  /** Loaded only where revisions are asked for. */
  upgrade(): Promise<UpgradePort>
  /** Loaded only by what makes or checks a release. */
  release(): Promise<ReleasePort>
  readonly soak: Pick<SoakLedger, 'read' | 'append'>
  /** Runs what a stability window requires; null where this process was told to end. */
  runRequired(check: RequiredCheck, folder: string, signal: AbortSignal): Promise<(RunJudgement & { readonly took_ms: number }) | null>
  /** A watchdog looks after this home. */
  isWatched(): boolean
  lock(options?: { readonly waitMs?: number }): Promise<LockAttempt>
  /** Another process goes back from the generation on trial; it outlives this one. Resolves when it has ended. */
  goBack(): Promise<ReverterEnd>
  /** Who is at work now, for a person; null if nobody is. */
  lockHolder(): string | null
}

/** What the ports are made from. */
export interface PortsRequest {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What would change anything is then a bug: a dry run must have ended before it. */
  readonly dryRun: boolean
  readonly version: string
}
