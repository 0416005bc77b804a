import type { RunningHaus } from './running-haus.ts'

interface Status {
  readonly status?: { readonly services: readonly { readonly id: string; readonly activity: string; readonly ports: readonly number[] }[] }
}

interface Profile {
  readonly haus?: { readonly instance: { readonly slug: string }; readonly services: Readonly<Record<string, { readonly label: string }>> }
}

/** From what `status --json` and `host profile --json` print, and from asking each port whether somebody listens. */
export async function toRunningHaus(
  { status, profile }: { readonly status: () => Promise<string>; readonly profile: () => Promise<string> },
  listens: (port: number) => Promise<boolean>,
): Promise<RunningHaus> {
  const services = readData<Status>(await status()).status?.services ?? []
  const running = services.filter(({ activity }) => activity !== 'stopped')
  if (running.length === 0) return { kind: 'none', why: 'no service of it is up; sanctumctl up starts it' }
  const { haus } = readData<Profile>(await profile())
  return {
    kind: 'running',
    slug: haus?.instance.slug ?? '',
    services: await Promise.all(
      running.map(async ({ id, ports }) => {
        const open = await Promise.all(ports.map(async (port) => ((await listens(port)) ? [port] : [])))
        return { id, label: haus?.services[id]?.label ?? null, ports, open: open.flat() }
      }),
    ),
  }
}

function readData<Data extends object>(text: string): Partial<Data> {
  try {
    return (JSON.parse(text) as { data?: Data }).data ?? {}
  } catch {
    return {}
  }
}
