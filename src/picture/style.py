"""How a picture looks, light and dark; every rule holds below the picture's own id alone."""

from __future__ import annotations

LIGHT = {
    "panel": "#f3f5f9",
    "card": "#ffffff",
    "line": "#d3dae5",
    "ink": "#1b2330",
    "soft": "#56617a",
    "arrow": "#7a869c",
    "other": "#b3202c",
    "choice": "#8a5a00",
    "source": "#2f8f83",
    "build": "#76829a",
    "approval": "#c98a1b",
    "deploy": "#3466d4",
    "invoke": "#8a52c4",
}
DARK = {
    "panel": "#161c25",
    "card": "#202834",
    "line": "#364254",
    "ink": "#e6eaf1",
    "soft": "#a9b4c7",
    "arrow": "#8793a8",
    "other": "#ff9a9a",
    "choice": "#e8b45c",
    "source": "#5fc4b6",
    "build": "#8a96ad",
    "approval": "#e0ad56",
    "deploy": "#7ea2f5",
    "invoke": "#bd93ec",
}
FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"
RULES = {
    "": f"font-family:{FONT};fill:var(--ink)",
    ".panel": "fill:var(--panel);stroke:var(--line)",
    ".card": "fill:var(--card);stroke:var(--line)",
    ".together": "fill:none;stroke:var(--arrow);stroke-dasharray:4 4",
    ".arrow": "fill:none;stroke:var(--arrow);stroke-width:2;stroke-linejoin:round",
    ".tip": "fill:var(--arrow)",
    ".soft": "fill:var(--soft)",
    ".choice": "fill:var(--choice);font-style:italic",
    ".other": "fill:var(--other);font-weight:600",
    ".bold": "font-weight:600",
    ".bar": "fill:var(--build)",
    **{
        f".bar.{kind}": f"fill:var(--{kind})" for kind in ("source", "approval", "deploy", "invoke")
    },
    ".bar.abroad": "fill:var(--other)",
}


def style(own_id: str) -> str:
    """Return the rules of the picture with an id."""
    rules = "".join(f"#{own_id} {name}".rstrip() + f"{{{rule}}}" for name, rule in RULES.items())
    dark = f"@media (prefers-color-scheme:dark){{{_colours(own_id, DARK)}}}"
    return _colours(own_id, LIGHT) + dark + rules


def _colours(own_id: str, colours: dict[str, str]) -> str:
    return f"#{own_id}{{{';'.join(f'--{name}:{value}' for name, value in colours.items())}}}"
