import { join } from 'node:path'

/** Where the embedded supervisor and its clients keep what they tell each other, below a SANCTUM_HOME. */
export function embeddedHome(home: string) {
  const state = join(home, 'state', 'embedded')
  return {
    current: join(home, 'current'),
    definitions: join(home, 'current', 'surfaces', 'embedded'),
    definition: (service: string) => join(home, 'current', 'surfaces', 'embedded', `${service}.json`),
    wantedFolder: join(state, 'wanted'),
    wanted: (service: string) => join(state, 'wanted', `${service}.json`),
    liveFolder: join(state, 'live'),
    live: (service: string) => join(state, 'live', `${service}.json`),
    ends: join(state, 'ends'),
    supervisor: join(state, 'supervisor.json'),
  }
}
