import * as z from 'zod'
import { event } from '../event.ts'
import { lease } from '../healing.ts'
import { healFigures, incidentStory } from '../incident-story.ts'

export const eventsOutput = z.strictObject({
  /** Oldest first. Absent with --follow, where each is a line of its own before this document. */
  events: z.array(event).optional(),
})

export const incidentsOutput = z.strictObject({
  /** Newest first. */
  incidents: z.array(incidentStory),
  /** Of all that the journal has. */
  figures: healFigures,
})

/** What a person asked of the watchdog. */
export const requestOutput = z.strictObject({
  /** Null where there was nothing to ask, or with --dry-run. */
  request: z.string().nullable(),
  written: z.boolean(),
})

export const leasesOutput = z.strictObject({ leases: z.array(lease) })

export const leaseOutput = z.strictObject({ lease, written: z.boolean() })
