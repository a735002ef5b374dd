"""From the committed YAML to what people launch: published once, never changed, one button each.

    describe    templates/*.yaml, CHANGELOG.md  →  Manifest          reads files, calls nobody
    release     Manifest, texts, buckets        →  every object of a version   pure
    publish     a version's objects             →  the launch bucket
    promote, yank, verify                       →  what is said of a version that is there
    links       a template, a region            →  the console page that launches it   pure
    page        Manifest                        →  one HTML page               pure

In the bucket `<version>/` holds what never changes; `index.json` lists the versions that are whole,
and `latest/` the page of one of them. These two alone are ever written again.
"""
