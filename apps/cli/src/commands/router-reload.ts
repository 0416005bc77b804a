import type { Finding } from '@sanctum/contracts'
import type { Answer, CommandContext } from '../command.ts'
import { reachRouter } from '../router/find-router.ts'
import { renderProblems } from '../views/problems.ts'

type Outcome = 'taken' | 'unchanged' | 'empty' | 'refused'

const sentences: Readonly<Record<Outcome, string>> = {
  taken: 'the router goes by its definition as it is now; what was being answered ends as it began',
  unchanged: 'the definition is the one that the router goes by',
  empty: 'the definition names no model server, so the router has nobody to ask',
  refused: 'the definition was refused; the router goes on by the last good one',
}

/** Has the running router read its definition again. */
export async function run(context: CommandContext): Promise<Answer> {
  if (context.global.dryRun)
    return {
      exit: 'pending',
      data: { written: false },
      findings: [],
      view: () => 'nothing was done; without --dry-run the router reads its definition again',
    }
  const router = await reachRouter(context)
  const { document } = await router.ask({ method: 'POST', path: '/admin/reload', body: {} }, [200, 422])
  const { kind, source, findings = [] } = document as { kind: Outcome; source: string; findings?: readonly Finding[] }
  return {
    exit: kind === 'refused' ? 'invalid' : kind === 'empty' ? 'problems' : 'ok',
    data: { outcome: kind, source, written: kind === 'taken' || kind === 'empty' },
    findings,
    view: (style) =>
      [`${kind === 'refused' ? style.bad('✗') : style.good('✓')} ${source}: ${sentences[kind]}`, ...renderProblems(findings, style)].join(
        '\n',
      ),
  }
}
