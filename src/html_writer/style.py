"""How our pages look: light and dark, wide and as narrow as a phone, and in print."""

from __future__ import annotations

from collections.abc import Mapping

LIGHT = {
    "page": "#f6f7f9",
    "card": "#ffffff",
    "ink": "#1b2330",
    "soft": "#56617a",
    "line": "#dde2ea",
    "good": "#12713f",
    "good-back": "#e3f4ea",
    "bad": "#b3202c",
    "bad-back": "#fdeaea",
    "code": "#f0f2f6",
    "focus": "#2459d6",
}
DARK = {
    "page": "#11151c",
    "card": "#1a202a",
    "ink": "#e6eaf1",
    "soft": "#a3aec2",
    "line": "#303947",
    "good": "#63d296",
    "good-back": "#14301f",
    "bad": "#ff8f8f",
    "bad-back": "#3a191d",
    "code": "#232b37",
    "focus": "#8fb1ff",
}


def palette(light: Mapping[str, str], dark: Mapping[str, str]) -> str:
    """Return the rules that name colours, for whoever prefers the light and the dark."""
    return (
        f":root {{ color-scheme: light dark; {_named(light)} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_named(dark)} }} }}\n"
    )


def _named(colours: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


BASE = f"""
{palette(LIGHT, DARK)}
* {{ box-sizing: border-box; }}
body {{
  margin: 0; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}}
h1, h2, h3, h4 {{ line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere; }}
p {{ margin: .25rem 0; overflow-wrap: anywhere; }}
code, pre {{ font: .875em/1.55 ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; }}
code {{ overflow-wrap: anywhere; }}
.card {{
  background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.25rem 1.5rem; margin: 0 0 1rem;
}}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.25rem; margin: 0; }}
dt {{ color: var(--soft); }}
dd {{ margin: 0; overflow-wrap: anywhere; min-width: 0; }}
pre {{
  background: var(--code); border: 1px solid var(--line); border-radius: .5rem;
  padding: .75rem 1rem; margin: .75rem 0 0; overflow-x: auto;
}}
details {{ margin-top: .75rem; }}
summary {{ cursor: pointer; padding: .25rem 0; font-weight: 600; }}
:focus-visible {{ outline: 3px solid var(--focus); outline-offset: 2px; border-radius: .25rem; }}
table {{ border-collapse: collapse; width: 100%; font-size: .9375rem; }}
caption {{ text-align: left; padding: 0 0 .75rem; font-size: 1.05rem; font-weight: 600; }}
th, td {{ text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; }}
thead th {{ color: var(--soft); font-weight: 500; font-size: .8125rem; padding-bottom: .35rem; }}
tbody tr {{ border-top: 1px solid var(--line); }}
tbody th {{ font-weight: 600; min-width: 7rem; }}
td {{ overflow-wrap: anywhere; }}
.name {{ max-width: 16rem; overflow-wrap: break-word; }}
.nowrap {{ font-variant-numeric: tabular-nums; white-space: nowrap; }}
.says {{ min-width: 14rem; }}
.chip {{
  display: inline-block; padding: 0 .55rem; border-radius: 1rem; font-size: .8125rem;
  font-weight: 600; white-space: nowrap; border: 1px solid var(--line); color: var(--soft);
}}
.chip.good {{ color: var(--good); background: var(--good-back); border-color: transparent; }}
.chip.bad {{ color: var(--bad); background: var(--bad-back); border-color: transparent; }}
ul, ol {{ margin: 0; padding-left: 1.2rem; }}
li {{ overflow-wrap: anywhere; margin: .2rem 0; }}
@media (max-width: 46rem) {{
  .card {{ padding: 1rem; }}
  dl {{ grid-template-columns: 1fr; gap: 0; }}
  dd {{ margin-bottom: .6rem; }}
  table, caption, tbody, tr, th, td {{ display: block; min-width: 0; }}
  thead {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }}
  tbody tr {{ display: grid; grid-template-columns: 1fr 1fr; gap: .4rem 1rem; padding: .75rem 0; }}
  tbody th, tbody td {{ padding: 0; min-width: 0; max-width: none; overflow-wrap: anywhere; }}
  tbody td:empty {{ display: none; }}
  [data-label]::before {{
    content: attr(data-label); display: block; color: var(--soft);
    font-size: .75rem; font-weight: 400; line-height: 1.2;
  }}
  tbody .says {{ grid-column: 1 / -1; min-width: 0; }}
}}
@media print {{ body {{ background: #ffffff; }} .card {{ break-inside: avoid; }} }}
"""
