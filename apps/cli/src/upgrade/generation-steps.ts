/** What is done for a generation that comes to hold again, in order: as for an upgrade, without a build and without a checkout. */
export const generationSteps = ['swap', 'doctor', 'verify', 'confirm'] as const

/** How a step is announced, `[2/4] doctor`. */
export function nameStep(step: (typeof generationSteps)[number]): string {
  return `[${generationSteps.indexOf(step) + 1}/${generationSteps.length}] ${step}`
}
