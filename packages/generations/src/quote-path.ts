/** As one word for a POSIX shell, whatever is in it. */
export function quotePath(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`
}
