/** How text looks on the stream that takes it. Without colour every function returns its text. */
export interface Style {
  readonly columns: number
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly caution: (text: string) => string
  readonly faint: (text: string) => string
  readonly strong: (text: string) => string
}

const codes = { good: 32, bad: 31, caution: 33, faint: 2, strong: 1 } as const

export function createStyle(options: { readonly color: boolean; readonly columns: number }): Style {
  const paint = (code: number) => (text: string) => (options.color ? `\u001b[${code}m${text}\u001b[0m` : text)
  return {
    columns: options.columns,
    good: paint(codes.good),
    bad: paint(codes.bad),
    caution: paint(codes.caution),
    faint: paint(codes.faint),
    strong: paint(codes.strong),
  }
}
