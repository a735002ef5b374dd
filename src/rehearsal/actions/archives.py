"""Input artifacts as ZIP archives, opened by whoever may read them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from rehearsal.actions.work import ActionError, Work
from rehearsal.embedded_aws import Credentials

MODE = 16  # bits by which the mode of a file is shifted in an archive


def open_input(work: Work, who: Credentials, artifact: str) -> zipfile.ZipFile:
    """Return an input artifact, read by somebody. Raise `ActionError` if it is no archive."""
    archive = work.stores.get(who, work.inputs[artifact])
    try:
        return zipfile.ZipFile(io.BytesIO(archive))
    except zipfile.BadZipFile:
        mend = "let the source hold a ZIP archive"
        raise ActionError(f"input artifact {artifact} is no ZIP archive", mend) from None


def unpack(packed: zipfile.ZipFile, folder: Path) -> None:
    """Unpack an archive; what could be executed still can."""
    for info in packed.infolist():
        path = Path(packed.extract(info, folder))
        if (info.external_attr >> MODE) & 0o100:
            path.chmod(path.stat().st_mode | 0o111)
