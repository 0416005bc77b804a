import { type Finding, isTimezone, listTimezones } from '@sanctum/contracts'
import { createFinding, quote } from '../create-finding.ts'
import { suggest } from '../nearest.ts'
import { placeAbove, type View } from './view.ts'

/** Time zones that do not exist, in instance.yaml and the overlays. */
export function lintTimezones({ layers, nearest }: View): Finding[] {
  return layers.flatMap(({ value, places }) => {
    const timezone = value.instance?.timezone
    if (timezone === undefined || isTimezone(timezone)) return []
    const fix = suggest(nearest, timezone, listTimezones(), 'Write a name of the IANA list, such as America/Montreal.')
    return [createFinding('UNKNOWN_VALUE', placeAbove(places, '/instance/timezone'), `There is no time zone ${quote(timezone)}.`, fix)]
  })
}
