/** The path of the style sheet. */
export const pageStylePath = '/practice.css';

/** The style sheet of the practice pages. Its warning stripes show that the page is not a real sign-in page. */
export const pageStyle = `
:root { color-scheme: light dark; --paper: #fffdf4; --ink: #221d10; --quiet: #655b43; --line: #8a7a4e; --card: #ffffff;
  --stripe: #f2b705; --stripe-ink: #221d10; --focus: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #1b1810; --ink: #f6efdb; --quiet: #c4b894; --line: #8f8159; --card: #262216; --focus: #9cc2ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 ui-monospace, 'DejaVu Sans Mono', monospace; }
.stripe { height: 1rem; background: repeating-linear-gradient(-45deg, var(--stripe) 0 1rem, var(--stripe-ink) 1rem 2rem); }
main { max-width: 36rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0 1rem; }
.notice { margin: 0; padding: 0.25rem 0.75rem; width: fit-content; font-weight: 700; background: var(--stripe);
  color: var(--stripe-ink); }
ul { list-style: none; margin: 1.5rem 0; padding: 0; display: grid; gap: 0.75rem; }
button, li.person { width: 100%; padding: 0.75rem 1rem; text-align: left; font: inherit; color: inherit;
  background: var(--card); border: 2px dashed var(--line); }
button { cursor: pointer; }
button:hover { border-style: solid; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
strong, .detail { display: block; overflow-wrap: anywhere; }
.detail { color: var(--quiet); font-size: 0.875rem; }
a { color: inherit; overflow-wrap: anywhere; }
`;
