#!/usr/bin/env bash
# Fetches the commits of a pull request into a bare repository and compares their templates.
set -euo pipefail

gate=$(realpath "$GATE")
comment=$(realpath "$OUT")
whole=${comment%.md}.txt
clone=$(mktemp -d)
trap 'rm -rf "$clone"' EXIT
git init --quiet --bare "$clone"

# The token stands in the environment of one command, and in no file.
authorization="basic $(printf 'x-access-token:%s' "$TOKEN" | base64 --wrap=0)"
GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$SERVER/.extraheader" \
    GIT_CONFIG_VALUE_0="AUTHORIZATION: $authorization" \
    git -C "$clone" fetch --quiet --no-tags "$SERVER/$REPOSITORY" \
    '+refs/tags/*:refs/tags/*' "+$BASE:refs/review/base" "+refs/pull/$PULL/head:refs/review/head"

compare() {
    (cd "$clone" && "$gate/.venv/bin/meridian" diff "$BASE" "$HEAD" --merge-base \
        --templates "$TEMPLATES" --link "$RUN" --format "$1")
}

if [ "$(git -C "$clone" rev-parse refs/review/head)" != "$HEAD" ]; then
    echo "#$PULL is no longer at $HEAD: a newer run compares what it is now" >&2
    exit 0
fi
code=0
compare markdown >"$comment.part" || code=$?
[ -s "$comment.part" ] || exit 1
compare text >"$whole" || true
mv "$comment.part" "$comment"
cat "$comment" >>"$GITHUB_STEP_SUMMARY"
differs=true
if tail -n 1 "$whole" | grep -qx 'No template differs.'; then differs=false; fi
printf '%s\n' "code=$code" "differs=$differs" >>"$GITHUB_OUTPUT"
