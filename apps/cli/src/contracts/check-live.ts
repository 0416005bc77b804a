import { didYouMean, type Finding, nearestNames } from '@sanctum/contracts'
import {
  contractFinding,
  describePiece,
  type Expectation,
  isAtLeast,
  listExpectations,
  placeIn,
  type RepoContract,
} from '@sanctum/repo-contracts'
import type { CommandContext } from '../command.ts'
import { loadRunningHaus } from '../haus/kept-haus.ts'
import { chooseAddresses } from './find-address.ts'
import { replayContracts } from './replay-contracts.ts'

export interface LiveCheck {
  /** Expectations that were asked of this machine. */
  readonly asked: number
  /** Recorded examples that were asked of its roles. */
  readonly replayed: number
  readonly findings: readonly Finding[]
}

/** What contracts expect of the machine itself, and the recorded examples asked of the roles that run on it. */
export async function checkLive(
  context: CommandContext,
  contracts: readonly RepoContract[],
  beside: readonly RepoContract[],
): Promise<LiveCheck> {
  const asked = contracts.flatMap((contract) =>
    listExpectations(contract)
      .filter(({ kind, isOptional }) => kind in machineLooks && !isOptional)
      .map((expectation) => ({ contract, expectation })),
  )
  const machine = await lookAtMachine(
    context,
    asked.map(({ expectation }) => expectation),
  )
  const lacking = asked.flatMap(({ contract, expectation }) => {
    const why = machineLooks[expectation.kind]?.(expectation, machine) ?? null
    return why === null ? [] : [toLack(contract, expectation, why)]
  })
  const replays = await replayContracts(contracts, {
    providers: [...contracts, ...beside],
    findAddress: await chooseAddresses(context),
    port: await context.ports.contracts(),
    isAgreed: false,
    isStopped: () => context.signal.aborted,
  })
  return {
    asked: asked.length,
    replayed: replays.reduce((sum, { replayed }) => sum + replayed, 0),
    findings: [...lacking, ...replays.flatMap(({ findings }) => findings)],
  }
}

interface MachineSight {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly secrets: ReadonlySet<string>
  readonly paths: readonly string[]
  /** By program; null where it is not installed. */
  readonly programs: Readonly<Record<string, { readonly version: string | null } | null>>
}

/** What a machine lacks of one expectation, by kind; null where it has it. */
const machineLooks: Readonly<Partial<Record<Expectation['kind'], (expectation: Expectation, machine: MachineSight) => string | null>>> = {
  environment: ({ name }, { environment }) => (environment[name] === undefined || environment[name] === '' ? 'it is not set' : null),
  secrets: ({ name }, { secrets }) => (secrets.has(name) ? null : `there is no file secrets/${name} in the home of Sanctum`),
  paths: ({ name }, { paths }) => (paths.includes(name) ? null : `no layer names it under paths.${didYouMean(nearestNames(name, paths))}`),
  programs: ({ name, atLeast }, { programs }) => {
    const found = programs[name] ?? null
    if (found === null) return 'it is not installed'
    if (atLeast === undefined) return null
    const version = toThree(found.version)
    if (version === null) return `it does not say its version, and ${atLeast} is needed`
    return isAtLeast(version, atLeast) ? null : `it is of version ${found.version}, and ${atLeast} is needed`
  },
}

async function lookAtMachine(context: CommandContext, expectations: readonly Expectation[]): Promise<MachineSight> {
  const { ports } = context
  const names = expectations.filter(({ kind }) => kind === 'programs').map(({ name }) => name)
  const { haus } = await loadRunningHaus(context)
  const facts = await ports.host.facts(names, { versions: names.length > 0 })
  return {
    environment: ports.environment,
    secrets: new Set(await ports.files.listFolder(`${ports.home}/secrets`)),
    paths: [...builtIn, ...Object.keys(haus.paths)],
    programs: facts.tools,
  }
}

/** Paths that every machine has a value for. */
const builtIn = ['programs', 'volumes']

/** Programs say `24.15` or `2.42.0`; a version has three numbers. */
function toThree(version: string | null): string | null {
  const numbers = /^\d+(\.\d+){0,2}/.exec(version ?? '')?.[0].split('.')
  return numbers === undefined ? null : [...numbers, '0', '0'].slice(0, 3).map(Number).join('.')
}

function toLack(contract: RepoContract, expectation: Expectation, why: string): Finding {
  return contractFinding(
    'CONTRACT_MACHINE_LACKS',
    `${contract.document.repository} (${expectation.owner}) expects ${describePiece(expectation)} of this machine, but ${why}.`.replace(
      '..',
      '.',
    ),
    { at: placeIn(contract, expectation.path), fix: { text: expectation.about } },
  )
}
