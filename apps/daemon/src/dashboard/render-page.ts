import type { HausStatus, ServiceStatus, Verdict } from '@sanctum/contracts'
import { describeAge } from '@sanctum/probes'
import { html } from 'hono/html'
import type { StatusReading } from './status-reading.ts'

type Html = ReturnType<typeof html>

/** The page of the haus. It works without a script, on a narrow screen and in the dark, and asks again every ten seconds. */
export function renderPage(reading: StatusReading, nowMs: number): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="10">
<title>${reading.kind === 'nothing' ? 'Sanctum' : `${words[reading.status.verdict]} · ${reading.status.haus}`}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
${reading.kind === 'nothing' ? renderNothing(reading.why) : renderHaus(reading, reading.status, nowMs)}
</main>
</body>
</html>
`
}

const words: Readonly<Record<Verdict, string>> = {
  healthy: 'healthy',
  drift: 'drift',
  failed: 'failed',
  blocked: 'blocked',
  'could-not-check': 'unknown',
  'not-applicable': 'not in use',
}

function renderNothing(why: string): Html {
  return html`<h1>Sanctum</h1><p class="note">${why}</p>`
}

function renderHaus(reading: StatusReading, status: HausStatus, nowMs: number): Html {
  const counts = countVerdicts(status.services)
  return html`<header>
<h1>${status.haus}</h1>
<p class="verdict ${status.verdict}" role="status">${words[status.verdict]}</p>
<p>node ${status.node} · ${status.manager} · ${describeGeneration(status)}</p>
<p>${counts.map(([verdict, count]) => `${count} ${words[verdict]}`).join(' · ')}</p>
${reading.kind === 'last-known' ? html`<p class="note">${reading.why}. What stands here is ${describeAge(nowMs - status.at_ms)} old.</p>` : ''}
</header>
<table>
<thead><tr><th scope="col">Service</th><th scope="col">Health</th><th scope="col">State</th><th scope="col">Port</th><th scope="col">Since</th><th scope="col">Why</th></tr></thead>
<tbody>
${status.services.map((service) => renderRow(service, nowMs))}
</tbody>
</table>`
}

function renderRow(service: ServiceStatus, nowMs: number): Html {
  return html`<tr>
<th scope="row">${service.title}<small>${service.id}</small></th>
<td data-label="Health"><span class="verdict ${service.verdict}">${words[service.verdict]}</span></td>
<td data-label="State">${service.activity}</td>
<td data-label="Port">${service.ports.join(' ') || '–'}</td>
<td data-label="Since">${service.since_ms === null ? '–' : describeAge(nowMs - service.since_ms)}</td>
<td data-label="Why">${service.why}</td>
</tr>
`
}

function countVerdicts(services: readonly ServiceStatus[]): (readonly [Verdict, number])[] {
  const verdicts = Object.keys(words) as Verdict[]
  return verdicts
    .map((verdict) => [verdict, services.filter((service) => service.verdict === verdict).length] as const)
    .filter(([, count]) => count > 0)
}

function describeGeneration({ generation, confirmed }: HausStatus): string {
  if (generation === null) return 'no generation yet'
  return generation === confirmed ? `generation ${generation}, confirmed` : `generation ${generation}, not confirmed`
}
