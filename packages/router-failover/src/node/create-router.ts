import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RouterDefinition } from '../config/router-definition.ts'

/** Answers requests; a server gives it those that it has judged. */
export interface Router {
  /** `/v1/...`, `/health`, `/metrics`. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Takes another definition; what is being answered ends as it began. */
  redefine(definition: RouterDefinition): void
  /** Ends what is under way within the grace, then hangs up. */
  close(graceMs: number): Promise<void>
}
