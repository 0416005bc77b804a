export { type GitPort, openGit } from './open-git.ts'
export { replayExample } from './replay-example.ts'
