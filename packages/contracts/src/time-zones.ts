/** Whether the name is a time zone of the IANA list. An offset such as +02:00 is none: it does not know summer time. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false
  }
}

/** Names of time zones to choose from. */
export function listTimezones(): readonly string[] {
  return [...Intl.supportedValuesOf('timeZone'), ...otherTimezones]
}

/** Names that hold, though the list of the language has them under another one. */
const otherTimezones = ['America/Montreal', 'UTC', 'Europe/Kyiv', 'Asia/Kolkata']
