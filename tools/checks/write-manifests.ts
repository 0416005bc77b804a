import { fileURLToPath } from 'node:url'
import { writeManifests } from './manifests.ts'

writeManifests(fileURLToPath(new URL('../..', import.meta.url)))
