/** The colours are those of the service's own page, which a test compares. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #e9eff2;
  --card: #fcfdfe;
  --ink: #0f1f2a;
  --muted: #4a5f6d;
  --line: #c9d6de;
  --ice: #0a6c80;
  --bad: #a63a16;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0a1319;
    --card: #101c24;
    --ink: #e7f1f5;
    --muted: #9db2be;
    --line: #263945;
    --ice: #7fdcf0;
    --bad: #ffa382;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  display: grid;
  grid-template: "header header" "nav main" / minmax(12rem, 20rem) minmax(0, 60rem);
  gap: 1.5rem 2.5rem;
  justify-content: center;
  margin: 0;
  padding: 1.5rem clamp(0.75rem, 4vw, 2.5rem) 4rem;
  background: var(--paper);
  color: var(--ink);
  font: 1rem / 1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
header { grid-area: header; }
main { grid-area: main; display: grid; gap: 2.5rem; }
nav { grid-area: nav; position: sticky; top: 1rem; align-self: start; max-height: calc(100vh - 2rem); overflow: auto; }
nav h2 { margin: 1rem 0 0.25rem; font-size: 0.95rem; color: var(--muted); }
nav ul { margin: 0; padding: 0; list-style: none; font-size: 0.9rem; }
nav a { display: block; padding: 0.15rem 0; text-decoration: none; }
a { color: var(--ice); }
a:focus-visible, pre:focus-visible { outline: 2px solid var(--ice); outline-offset: 2px; }
h1 { margin: 0 0 0.5rem; font-size: 2rem; line-height: 1.2; }
h1 small { color: var(--muted); font-size: 1rem; font-weight: 400; }
h2 { margin: 0 0 0.75rem; font-size: 1.4rem; }
h3 { margin: 0 0 0.5rem; font-size: 1.1rem; }
h4 { margin: 1rem 0 0.25rem; font-size: 0.95rem; color: var(--muted); }
p { margin: 0.25rem 0; }
code, .method { font-family: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace; font-size: 0.9em; }
.method { color: var(--muted); font-weight: 700; }
article { margin-bottom: 1rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--card); }
article:target, article:has(:target) { border-color: var(--ice); }
.fields, .answers { margin: 0.25rem 0; padding-left: 1.1rem; }
.fields li, .answers li { margin: 0.35rem 0; }
.name { font-weight: 700; }
.type, .about, .access { color: var(--muted); }
.good { color: var(--ice); }
.bad { color: var(--bad); }
pre { margin: 0.25rem 0 0; padding: 0.75rem; border-radius: 0.5rem; background: var(--paper); white-space: pre-wrap; }
@media (max-width: 48rem) {
  body { grid-template: "header" "nav" "main" / minmax(0, 1fr); }
  nav { position: static; max-height: none; }
  article { padding: 1rem; }
}
@media print {
  body { display: block; background: none; }
  nav { display: none; }
}
`;
