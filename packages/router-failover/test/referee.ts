import type { RequestAct, RequestEvent, TargetDefinition } from '@sanctum/router-failover'

/**
 * What must hold whatever the router thinks. It sees only what was told to it and what it did, and keeps a small account of its own; nothing
 * here is taken from the code that it watches.
 */
export function createReferee() {
  const broken: string[] = []
  const requests = new Map<number, Account>()
  const servers = new Map<string, ServerAccount>()
  const blame = (id: number, what: string) => broken.push(`request ${id}: ${what}`)
  const serverOf = (key: string): ServerAccount => {
    const known = servers.get(key) ?? { busy: 0, warmUps: 0, warmUpAtMs: 0, coolUntilMs: 0 }
    servers.set(key, known)
    return known
  }

  function seeEvent(id: number, event: RequestEvent, nowMs: number): void {
    const account = requests.get(id) as Account
    account.last = event
    if (event.kind === 'client-gone') account.isOver = true
    if (event.kind === 'output' || event.kind === 'ended' || event.kind === 'failed') {
      const attempt = account.attempts[event.attempt] as AttemptAccount
      if (event.kind === 'output') attempt.hasSpoken = true
      else stop(attempt, event.kind)
      if (event.kind === 'failed' && event.failure.status === 429 && event.failure.retryAfterMs !== null) {
        const server = serverOf(attempt.target.key)
        server.coolUntilMs = Math.max(server.coolUntilMs, nowMs + event.failure.retryAfterMs)
      }
    }
  }

  function stop(attempt: AttemptAccount, how: 'ended' | 'failed' | 'aborted'): void {
    if (attempt.end === null) serverOf(attempt.target.key).busy -= 1
    attempt.end ??= how
  }

  function seeActs(id: number, acts: readonly RequestAct[], nowMs: number): void {
    const account = requests.get(id) as Account
    for (const act of acts) {
      if (account.isOver && act.kind !== 'abort') blame(id, `${act.kind} after its end`)
      judges[act.kind](account, act as never, nowMs, id)
    }
    const { last, committed, isOver } = account
    if (last?.kind === 'failed' && last.attempt === committed && !isOver && !acts.some(({ kind }) => kind === 'attempt'))
      blame(id, 'a committed answer broke off, and nobody was told')
  }

  const judges: {
    [Kind in RequestAct['kind']]: (account: Account, act: Extract<RequestAct, { kind: Kind }>, nowMs: number, id: number) => void
  } = {
    attempt(account, { attempt, target, continues }, nowMs, id) {
      const server = serverOf(target.key)
      if (attempt !== account.attempts.length) blame(id, `attempt ${attempt} out of its order`)
      if (account.committed !== null && continues !== account.committed) blame(id, 'a second answer after the first output')
      if (account.secure && !(target.url.startsWith('http://127.0.0.1:') && target.locality === 'local'))
        blame(id, `a secure request went to ${target.url}`)
      if (nowMs < server.coolUntilMs) blame(id, `${target.id} asked before its Retry-After was over`)
      account.attempts.push({ target, startedAtMs: nowMs, hasSpoken: false, end: null })
      server.busy += 1
      if (account.attempts.length > 6) blame(id, 'more than six attempts')
      if (account.attempts.filter(({ startedAtMs }) => nowMs - startedAtMs < 3_000).length > 4)
        blame(id, 'more than four attempts in three seconds')
      if (account.attempts.filter((each) => each.target.key === target.key).length > 3)
        blame(id, `more than three attempts at ${target.id}`)
      if (account.attempts.filter(({ end }) => end === null).length > 2) blame(id, 'more than two attempts at once')
      if (continues !== null) account.committed = attempt
    },
    abort(account, { attempt }, _, id) {
      const aborted = account.attempts[attempt] as AttemptAccount
      if (aborted.end !== null) blame(id, 'an abort of what is over')
      stop(aborted, 'aborted')
    },
    commit(account, { attempt }, _, id) {
      const own = account.attempts[attempt] as AttemptAccount
      if (account.committed !== null) blame(id, 'committed twice')
      if (!own.hasSpoken || own.end === 'failed' || own.end === 'aborted') blame(id, 'committed what has not spoken, or has failed')
      if (account.attempts.some((other) => other !== own && other.end === null)) blame(id, 'committed beside another attempt')
      account.committed = attempt
    },
    'show-life'(account, _, __, id) {
      if (!account.isStream || account.committed !== null) blame(id, 'a life sign that nobody can read')
    },
    warm(_, { target }, nowMs, id) {
      const server = serverOf(target.key)
      if (server.warmUps > 0 && nowMs - server.warmUpAtMs < longestWarmUpMs) blame(id, `two warm-ups at once of ${target.id}`)
      if (server.busy > 0) blame(id, `a warm-up behind a generation of ${target.id}`)
      if (target.locality !== 'local') blame(id, `a warm-up of the metered ${target.id}`)
      if (nowMs < server.coolUntilMs) blame(id, `a warm-up of ${target.id} before its Retry-After was over`)
      server.warmUps = 1
      server.warmUpAtMs = nowMs
    },
    'pass-on'(account, { attempt }, _, id) {
      const { last } = account
      const isRefusal = last?.kind === 'failed' && last.attempt === attempt && [400, 404, 413, 422].includes(last.failure.status ?? 0)
      if (!isRefusal) blame(id, 'passed on what is no refusal')
      over(account, id)
    },
    finish(account, { attempt }, _, id) {
      if (attempt !== account.committed || account.attempts[attempt]?.end !== 'ended') blame(id, 'finished what has not ended well')
      over(account, id)
    },
    fail(account, _, __, id) {
      over(account, id)
    },
  }

  function over(account: Account, id: number): void {
    if (account.isOver) blame(id, 'two ends')
    account.isOver = true
    account.ends += 1
  }

  return {
    broken,
    seeEvent,
    seeActs,
    open: (id: number, given: Pick<Account, 'secure' | 'isStream'>) =>
      requests.set(id, { ...given, attempts: [], committed: null, isOver: false, ends: 0, last: null }),
    seeWarmUpEnd: (key: string) => {
      serverOf(key).warmUps -= 1
    },
    /** At the end of everything. */
    seeRest() {
      for (const [id, account] of requests) {
        if (!account.isOver) blame(id, 'no end')
        if (account.attempts.some(({ end }) => end === null)) blame(id, 'an attempt that nobody ended')
        if (account.ends !== (account.last?.kind === 'client-gone' ? account.ends : 1)) blame(id, `${account.ends} ends`)
      }
    },
  }
}

interface Account {
  readonly secure: boolean
  readonly isStream: boolean
  readonly attempts: AttemptAccount[]
  committed: number | null
  isOver: boolean
  ends: number
  last: RequestEvent | null
}

interface AttemptAccount {
  readonly target: TargetDefinition
  readonly startedAtMs: number
  hasSpoken: boolean
  end: 'ended' | 'failed' | 'aborted' | null
}

/** After so long a warm-up has run into its own clocks, although nobody told its end. */
const longestWarmUpMs = 90_000

interface ServerAccount {
  busy: number
  warmUps: number
  warmUpAtMs: number
  coolUntilMs: number
}
