import { didYouMean, type Finding, nearestNames, sortFindings } from '@sanctum/contracts'
import { describePiece, type Expectation, listExpectations, listProvisions } from './list-pieces.ts'
import { matchShape, unreachedRules, unreadablePatterns } from './match-shape.ts'
import { contractFinding, placeIn, type RepoContract } from './repo-contract.ts'
import { isRange } from './versions.ts'

/** What is wrong with one contract by itself: its owners, services, paths, ranges and recorded examples. */
export function lintContract(contract: RepoContract): Finding[] {
  return sortFindings([
    ...findStrangers(contract),
    ...findHomeless(contract),
    ...findLiterals(contract),
    ...listExpectations(contract).flatMap((expectation) => [...judgeRange(contract, expectation), ...judgeExamples(contract, expectation)]),
  ])
}

function findStrangers(contract: RepoContract): Finding[] {
  const { owner, owners } = contract.document
  const known = Object.keys(owners)
  const named = [
    { owner, path: ['owner'], of: contract.document.repository },
    ...[...listProvisions(contract), ...listExpectations(contract)].map((piece) => ({
      owner: piece.owner,
      path: [...piece.path, 'owner'],
      of: describePiece(piece),
    })),
  ]
  const strangers = named.filter((each) => !known.includes(each.owner))
  // One wrong owner of the repository is one finding, not one for each piece that names nobody.
  return strangers
    .filter((each, index) => index === 0 || each.owner !== owner)
    .map((each) =>
      contractFinding(
        'CONTRACT_OWNER_UNKNOWN',
        `Nobody knows ${each.owner}, who is to answer for ${each.of}.${didYouMean(nearestNames(each.owner, known))}`,
        {
          at: placeIn(contract, each.path),
          fix: { text: `Add ${each.owner} under owners, or name one of ${known.join(', ') || 'them'}.` },
        },
      ),
    )
}

function findHomeless(contract: RepoContract): Finding[] {
  const services = Object.keys(contract.document.provides?.services ?? {})
  const ports = Object.entries(contract.document.provides?.ports ?? {}).map(([name, { service }]) => ({
    kind: 'ports' as const,
    name,
    service,
  }))
  const endpoints = Object.entries(contract.document.provides?.endpoints ?? {}).map(([name, { service }]) => ({
    kind: 'endpoints' as const,
    name,
    service,
  }))
  return [...ports, ...endpoints].flatMap(({ kind, name, service }) => {
    if (service === undefined || services.includes(service)) return []
    return contractFinding(
      'CONTRACT_SERVICE_UNKNOWN',
      `${describePiece({ kind, name }).replace(/^the/, 'The')} belongs to ${service}, which ${contract.document.repository} does not provide.${didYouMean(nearestNames(service, services))}`,
      {
        at: placeIn(contract, ['provides', kind, name, 'service']),
        fix: { text: `Write ${service} under provides.services, or correct the id.` },
      },
    )
  })
}

function findLiterals(contract: RepoContract): Finding[] {
  return Object.entries(contract.document.provides?.files ?? {}).flatMap(([name, { path }]) => {
    if (!/^(\/|~|[A-Za-z]:\\)/.test(path)) return []
    return contractFinding('CONTRACT_PATH_LITERAL', `The file ${name} lies at ${path}, which one machine may have and the next has not.`, {
      at: placeIn(contract, ['provides', 'files', name, 'path']),
      fix: { text: 'Start it with ${host.home}, ${host.sanctum_home} or ${paths.<name>}.' },
    })
  })
}

function judgeRange(contract: RepoContract, expectation: Expectation): Finding[] {
  const { range } = expectation
  if (range === undefined || isRange(range)) return []
  return [
    contractFinding(
      'CONTRACT_RANGE_INVALID',
      `${range} is no range of versions, so ${describePiece(expectation)} can never be inside it.`,
      {
        at: placeIn(contract, [...expectation.path, 'range']),
        fix: { text: 'Write a range such as ^0.8.0 or >=24.15.0 <27.' },
      },
    ),
  ]
}

function judgeExamples(contract: RepoContract, expectation: Expectation): Finding[] {
  return expectation.examples.flatMap(({ response }, index) => {
    const path = [...expectation.path, 'examples', String(index), 'response']
    const rules = response.matching ?? {}
    const unreadable = unreadablePatterns(rules)
    const asked = Object.fromEntries(Object.entries(rules).filter(([place]) => !unreadable.includes(place)))
    const unfit = (place: string, why: string) =>
      contractFinding('CONTRACT_EXAMPLE_UNFIT', `The recorded example ${index + 1} of ${describePiece(expectation)}: ${why}.`, {
        at: placeIn(contract, [...path, 'matching', place]),
        fix: { text: 'Correct the rule, or record the example anew.' },
      })
    return [
      ...unreadable.map((place) => unfit(place, `the pattern at ${place} is no regular expression, or one whose search may never end`)),
      ...unreachedRules(response.body ?? null, rules).map((place) =>
        unfit(place, `it has nothing at ${place}, so the rule is never asked`),
      ),
      ...matchShape(response.body ?? null, response.body ?? null, asked).map(({ place, expected, observed }) =>
        unfit(place, `at ${place} it has ${observed}, but its own rule wants ${expected}`),
      ),
    ]
  })
}
