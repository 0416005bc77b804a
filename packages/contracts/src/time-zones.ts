/** Whether the name is a time zone of the IANA list. An offset such as +02:00 is none: it does not know summer time. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return probeOf(name) !== null
  } catch {
    return false
  }
}

/** Throws for an unknown name. A formatter of Intl answers too, but the first of a process takes 40 ms; Node 24 has nothing else. */
function probeOf(name: string): unknown {
  const { Temporal } = globalThis as { Temporal?: { readonly ZonedDateTime: new (nanoseconds: bigint, name: string) => unknown } }
  return Temporal ? new Temporal.ZonedDateTime(0n, name) : new Intl.DateTimeFormat('en', { timeZone: name })
}

/** Names of time zones to choose from. */
export function listTimezones(): readonly string[] {
  return [...Intl.supportedValuesOf('timeZone'), ...otherTimezones]
}

/** Names that hold, though the list of the language has them under another one. */
const otherTimezones = ['America/Montreal', 'UTC', 'Europe/Kyiv', 'Asia/Kolkata']
