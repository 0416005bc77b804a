/** Where nobody looks at what was left out, leaving out is failing. */
export function isCi(): boolean {
  return (process.env.CI ?? '') !== '' && process.env.CI !== 'false'
}
