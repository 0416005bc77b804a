/** Names by subpath, each with the digest of its form. */
export type ApiDigests = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Subpaths and names that are gone, and names whose other form breaks somebody, with why. What is new breaks nobody. */
export function findBreaks(
  released: ApiDigests,
  now: ApiDigests,
  judge: (subpath: string, name: string) => readonly string[],
): readonly string[] {
  return Object.entries(released).flatMap(([subpath, names]) => {
    const current = now[subpath]
    if (current === undefined) return [`${subpath} is gone`]
    const at = subpath === '.' ? '' : `${subpath} `
    return Object.entries(names).flatMap(([name, digest]) => {
      // What nobody can name may go; it breaks somebody only through a name that then differs as well.
      if (current[name] === undefined) return name.startsWith('(') ? [] : [`${at}${name} is gone`]
      const [why] = current[name] === digest ? [] : judge(subpath, name)
      return why === undefined ? [] : [`${at}${name}: ${why}`]
    })
  })
}
