"""How the launch page looks, beside what all our pages have; and Meridian's mark, drawn by us."""

from html_writer.style import BASE, palette

LIGHT = {
    "go": "#1f5fbf",
    "go-over": "#174a97",
    "go-ink": "#ffffff",
    "link": "#1f5fbf",
    "must": "#8a4b00",
    "must-back": "#fdf0dc",
}
DARK = {
    "go": "#2f6fd6",
    "go-over": "#2860bd",
    "go-ink": "#ffffff",
    "link": "#8fb8ff",
    "must": "#f2bd6b",
    "must-back": "#38290f",
}
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32" '
    'fill="none" stroke="#2f6fd6" stroke-width="2.2" aria-hidden="true">'
    '<circle cx="16" cy="16" r="13"/><ellipse cx="16" cy="16" rx="5.5" ry="13"/>'
    '<path d="M3 16h26"/><circle cx="16" cy="3" r="2.4" fill="#2f6fd6" stroke="none"/></svg>'
)
STYLE = f"""{BASE}{palette(LIGHT, DARK)}
html {{ scroll-behavior: smooth; scroll-padding-top: 1rem; }}
@media (prefers-reduced-motion: reduce) {{ html {{ scroll-behavior: auto; }} }}
a {{ color: var(--link); text-underline-offset: .15em; }}
h1 {{ font-size: clamp(1.75rem, 5vw, 2.5rem); margin: .5rem 0 .25rem; letter-spacing: -.02em; }}
h2 {{ font-size: 1.5rem; margin: 0 0 1rem; }}
h3 {{ font-size: 1.2rem; margin: 0 0 .25rem; }}
h4 {{ font-size: .875rem; margin: 1.25rem 0 .5rem; color: var(--soft); font-weight: 600; }}
h5 {{ font-size: .8125rem; margin: 0; color: var(--soft); font-weight: 600; }}
body > header, .columns, body > footer {{ max-width: 78rem; margin: 0 auto; padding: 0 1.5rem; }}
body > header {{ padding-top: 2.25rem; padding-bottom: 2rem; }}
.brand {{ display: flex; gap: .6rem; align-items: center; font-weight: 650; color: var(--soft); }}
.lead {{ font-size: 1.125rem; max-width: 44rem; color: var(--soft); }}
.facts {{ list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; }}
.facts {{ margin-top: 1rem; font-size: .9375rem; }}
.skip {{ position: absolute; left: -99rem; top: .5rem; padding: .5rem 1rem; z-index: 1; }}
.skip:focus {{ left: 1rem; background: var(--card); }}
.columns {{ display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 2.5rem; }}
nav {{ position: sticky; top: 1rem; align-self: start; max-height: calc(100vh - 2rem); }}
nav {{ overflow-y: auto; font-size: .9375rem; padding: .25rem; }}
nav a {{ display: block; padding: .3rem .5rem; border-radius: .4rem; text-decoration: none; }}
nav a:hover {{ background: var(--code); }}
nav ul {{ list-style: none; padding: 0; margin: 0 0 .75rem; }}
nav li {{ margin: 0; }}
nav .group {{ color: var(--ink); font-weight: 650; }}
section {{ margin: 0 0 3rem; }}
main:focus {{ outline: none; }}
.soft, .note, .none {{ color: var(--soft); }}
.note, .none {{ font-size: .875rem; }}
.purpose {{ font-size: 1.0625rem; }}
.template > .note {{ margin-top: 1rem; border-top: 1px solid var(--line); padding-top: .75rem; }}
figure {{ margin: .75rem 0 0; }}
figure svg {{ display: block; margin: 0 auto; }}
figure.narrow {{ display: none; }}
.heard {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }}
.regions {{
  list-style: none; padding: 0; display: grid; gap: .5rem;
  grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr));
}}
.regions li {{ margin: 0; }}
.launch > div {{ display: flex; flex-wrap: wrap; align-items: start; gap: .5rem .75rem; }}
.launch h4, .launch .regions, .launch details[open] {{ flex-basis: 100%; }}
.launch h4 {{ margin-bottom: 0; }}
.launch details {{ margin: 0; }}
.launch summary {{ padding: .6rem .25rem; width: fit-content; }}
.go {{
  display: block; height: 100%; position: relative; padding: .4rem .75rem; border-radius: .5rem;
  border: 1px solid var(--line); background: var(--code); color: var(--ink); line-height: 1.35;
  text-decoration: none;
}}
.go b {{ display: block; font-weight: 600; color: var(--link); white-space: nowrap; }}
.go small {{ color: var(--soft); font-size: .8125rem; }}
.go:hover {{ border-color: var(--link); }}
.go.unproven {{ border-style: dashed; border-color: var(--soft); }}
.go.first {{
  height: auto; padding: .65rem 1.1rem; background: var(--go); border-color: var(--go);
  color: var(--go-ink); font-weight: 600;
}}
.go.first b, .go.first small {{ display: inline; color: inherit; font-size: 1rem; }}
.go.first small::before {{ content: "· "; }}
.go.first:hover {{ background: var(--go-over); }}
.area {{ display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: .5rem 1rem; }}
.area {{ padding: .6rem 0; align-items: baseline; }}
.area + .area {{ border-top: 1px solid var(--line); }}
.parameters table {{ margin: .75rem 0 1.5rem; table-layout: fixed; }}
.parameters caption {{ font-size: .9375rem; padding-bottom: .25rem; }}
.parameters thead th:nth-child(1) {{ width: 30%; }}
.parameters thead th:nth-child(3) {{ width: 22%; }}
.parameters tbody th code {{ display: block; font-weight: 400; color: var(--soft); }}
.chip.must {{ color: var(--must); background: var(--must-back); border-color: transparent; }}
h1 .chip {{ vertical-align: middle; letter-spacing: 0; }}
.digest code {{ font-size: .75rem; }}
#verify .name {{ max-width: none; }}
#verify p + .card {{ margin-top: 1rem; }}
#verify h3 {{ margin-top: 2rem; }}
.notes > :first-child {{ margin-top: 0; }}
.notes h3, .notes h4 {{ margin: 1.25rem 0 .5rem; font-size: 1.0625rem; }}
body > footer {{ padding-bottom: 3rem; color: var(--soft); font-size: .875rem; }}
@media (max-width: 60rem) {{
  .columns {{ display: block; }}
  nav {{ position: static; max-height: none; padding: 0; margin: 0 0 2rem; }}
  nav ul {{ display: flex; flex-wrap: wrap; gap: .1rem .25rem; }}
}}
@media (max-width: 46rem) {{
  body > header, .columns, body > footer {{ padding-left: .75rem; padding-right: .75rem; }}
  body > header {{ padding-top: 1.25rem; }}
  .regions {{ grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); }}
  .go {{ min-height: 2.75rem; padding: .4rem .55rem; font-size: .9375rem; }}
  .go.first {{ width: 100%; }}
  figure.narrow {{ display: block; }}
  figure.wide {{ display: none; }}
  .area {{ grid-template-columns: 1fr; }}
  .parameters tbody :is(th, .default) {{ grid-column: 1 / -1; }}
  .parameters :is(th, .says)::before {{ display: none; }}
}}
@media print {{ nav, .skip {{ display: none; }} .columns {{ display: block; }} }}
"""
