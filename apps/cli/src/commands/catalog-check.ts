import { countWords } from '@sanctum/contracts'
import type { Answer, CommandContext } from '../command.ts'
import { loadCatalog } from '../haus/load-haus.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import { judgeCatalogBackends } from '../router/judge-catalog-backends.ts'
import { countFindings, renderFindings } from '../views/findings.ts'

export async function run(context: CommandContext): Promise<Answer> {
  const { catalog, findings: read } = await loadCatalog(context)
  const findings = [...read, ...judgeCatalogBackends(catalog)]
  const services = Object.keys(catalog.services).length
  const nodes = Object.keys(catalog.instance.value.nodes ?? {}).length
  return {
    exit: exitOfFindings(findings),
    data: { catalog: catalog.name, digest: catalog.digest, services, nodes, retired: Object.keys(catalog.retired).length },
    findings,
    view: (style) =>
      findings.length === 0
        ? `${style.good('✓')} ${catalog.name}: ${countWords(services, 'service')}, ${countWords(nodes, 'node')}, nothing to report`
        : `${renderFindings(findings, style)}\n\n${catalog.name}: ${countWords(services, 'service')}; ${countFindings(findings)}`,
  }
}
