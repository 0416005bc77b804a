import type { Step } from '@sanctum/contracts'

/** The steps that write a document below the state folder so that it is there whole and durable, or not at all. */
export function planStateDocument(home: string, folder: 'leases' | 'requests' | 'drills', id: string, document: unknown): Step[] {
  const place = `${home}/state/${folder}`
  const path = `${place}/${id}.json`
  // The watchdog takes every .json of the folder, so what is not whole has another name.
  const beside = `${place}/.${id}.new`
  return [
    ...[home, `${home}/state`, place].map((each): Step => ({ do: 'make-directory', path: each, mode: '0700' })),
    { do: 'remove-file', path: beside },
    { do: 'write', path: beside, mode: '0600', content: `${JSON.stringify(document, null, 2)}\n` },
    { do: 'sync-files', paths: [beside] },
    { do: 'rename', from: beside, to: path },
    { do: 'sync-directory', path: place },
  ]
}
