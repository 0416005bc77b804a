/** Served as a file of its own: the page may hold no style and no script. */
export const stylesheet = `:root {
  color-scheme: light dark;
  --ground: #fbfbf9; --text: #1d1f21; --faint: #6a6f75; --line: #dedfdb;
  --good: #1a7f45; --bad: #b3261e; --caution: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #16181a; --text: #e6e7e4; --faint: #9aa0a6; --line: #33373b; --good: #5bd08c; --bad: #ff8a80; --caution: #f0b84a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.45 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; }
header p { margin: .15rem 0; color: var(--faint); }
.verdict { color: var(--faint); font-weight: 600; }
.verdict.healthy { color: var(--good); }
.verdict.failed { color: var(--bad); }
.verdict.blocked, .verdict.drift, .verdict.could-not-check { color: var(--caution); }
header p.verdict { font-size: 1.25rem; }
.note { border-left: 3px solid var(--caution); padding-left: .75rem; }
table { width: 100%; border-collapse: collapse; margin-top: 1.25rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { color: var(--faint); font-weight: 500; }
tbody th { font-weight: 600; }
small { display: block; color: var(--faint); font-weight: 400; }
td[data-label="Port"], td[data-label="Since"] { font-variant-numeric: tabular-nums; white-space: nowrap; }
@media (max-width: 44rem) {
  thead { display: none; }
  tr { display: block; padding: .75rem 0; border-bottom: 1px solid var(--line); }
  th, td { display: block; border: 0; padding: .1rem 0; }
  td::before { content: attr(data-label) " "; color: var(--faint); }
}
`
