"""How the HTML report looks, beside what all our pages have."""

from html_writer.style import BASE, palette

ONE_TWO_THREE = palette(
    {"one": "#3466d4", "two": "#2f8f83", "three": "#a9741a"},
    {"one": "#7ea2f5", "two": "#5fc4b6", "three": "#e0ad56"},
)
STYLE = f"""{BASE}{ONE_TWO_THREE}
main {{ max-width: 76rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }}
h1 {{ font-size: 1.15rem; margin: 0; letter-spacing: .01em; color: var(--soft); font-weight: 600; }}
h2 {{ font-size: 1.4rem; margin: 2.75rem 0 .75rem; }}
h3 {{ font-size: 1.1rem; margin: 0 0 .75rem; }}
.banner, .problem {{
  background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.25rem 1.5rem; margin: 0 0 1rem;
}}
.banner {{ border-left: .5rem solid var(--good); background: var(--good-back); }}
.banner.bad {{ border-left-color: var(--bad); background: var(--bad-back); }}
.verdict {{ font-size: 1.3rem; font-weight: 650; line-height: 1.35; margin-top: .35rem; }}
.problem {{ border-left: .5rem solid var(--bad); }}
.problem h3 {{ color: var(--bad); font-size: 1.2rem; }}
.mend {{ margin-top: .75rem; }}
.path {{ color: var(--soft); margin-bottom: .75rem; }}
.why {{ font-weight: 600; }}
caption .ended {{ display: block; font-size: .9375rem; font-weight: 400; color: var(--soft); }}
.lane {{ display: block; width: 6rem; height: .3rem; margin-top: .3rem; background: var(--code); }}
.bar {{ display: block; height: 100%; min-width: 2px; background: var(--one); }}
.seen {{ list-style: none; padding: .75rem 0 0; border-top: 1px solid var(--line); }}
.shares {{
  display: flex; height: .75rem; border-radius: .5rem; overflow: hidden; margin: .5rem 0;
}}
.shares span:nth-child(1), .legend li:nth-child(1)::before {{ background: var(--one); }}
.shares span:nth-child(2), .legend li:nth-child(2)::before {{ background: var(--two); }}
.shares span:nth-child(3), .legend li:nth-child(3)::before {{ background: var(--three); }}
.legend {{ list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; }}
.legend li::before {{
  content: ""; display: inline-block; width: .7rem; height: .7rem; border-radius: .2rem;
  margin-right: .5rem;
}}
@media (max-width: 46rem) {{
  main {{ padding: 1rem .75rem 3rem; }}
  .banner, .problem {{ padding: 1rem; }}
  .verdict {{ font-size: 1.1rem; }}
  tbody td:first-child {{ grid-column: 1 / -1; }}
  tbody td:first-child::before {{ display: none; }}
}}
@media print {{ .problem {{ break-inside: avoid; }} }}
"""
