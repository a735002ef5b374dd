"""Our own image of a launch button: drawn here, readable on light pages and on dark ones."""

NAME = "launch-stack.svg"
WIDTH, HEIGHT = 144, 27
TEXT, BACK, EDGE = "#ffffff", "#1f5fbf", "#8fb4ee"
BUTTON = f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" \
viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title">
  <title id="title">Launch stack</title>
  <rect x=".5" y=".5" width="143" height="26" rx="6" fill="{BACK}" stroke="{EDGE}"/>
  <g fill="none" stroke="{TEXT}" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">
    <path d="M11 17.5v3.5h14v-3.5"/>
    <path d="M18 17V6.5m-4.5 4.5L18 6.5l4.5 4.5"/>
  </g>
  <text x="36" y="18.2" fill="{TEXT}" font-family="Verdana, DejaVu Sans, sans-serif" \
font-size="12.5" font-weight="bold" textLength="96" lengthAdjust="spacingAndGlyphs">\
Launch stack</text>
</svg>
"""
