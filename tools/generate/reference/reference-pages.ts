import { renderConfigurationPage } from '../configuration/configuration-page.ts'
import { renderArchitecturePage } from './architecture-page.ts'
import { renderCommandsPage } from './commands-page.ts'
import { renderExitCodesPage } from './exit-codes-page.ts'
import { renderMetricsPage } from './metrics-page.ts'
import { renderPackagePages } from './package-pages.ts'
import { renderRemediesPage } from './remedies-page.ts'
import { renderServicesPage } from './services-page.ts'
import { renderTargetsPage } from './targets-page.ts'

/** The pages that are read out of the code, by their path; `folder` is where they lie. */
export async function renderReferencePages(root: string, folder: string): Promise<Readonly<Record<string, string>>> {
  const packages = Object.entries(renderPackagePages(root)).map(([name, text]) => [`packages/${name}`, text] as const)
  const pages = {
    'architecture.md': renderArchitecturePage(root),
    'commands.md': renderCommandsPage(root),
    'configuration.md': renderConfigurationPage(),
    'exit-codes.md': renderExitCodesPage(),
    'metrics.md': await renderMetricsPage(),
    'remedies.md': renderRemediesPage(),
    'services.md': await renderServicesPage(root),
    'targets.md': renderTargetsPage(),
    ...Object.fromEntries(packages),
  }
  return Object.fromEntries(Object.entries(pages).map(([name, text]) => [`${folder}${name}`, text]))
}
