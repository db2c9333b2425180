"""The certificate that says what of a wave was destroyed, and whether there is one."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from cosyn.atomic import guarded, write_all
from cosyn.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE, TEXT = "certificate.json", "certificate.txt"
SCHEMA = "cosyn.certificate/1"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was destroyed of a wave.

    Attributes
    ----------
    wave, instrument, version, lock : str
        Which wave it was.
    at : str
        When (UTC, to the second).
    who : str
        Account of the operating system.
    rows : Mapping[str, int]
        Table -> rows destroyed.
    files : tuple of str
        Files destroyed, relative to the wave's folder.
    kept : Mapping[str, int]
        Table -> rows kept: the envelopes, and counts that name nobody.
    events : str
        SHA-256 of the log of the wave, which ends with its being destroyed.
    """

    wave: str
    instrument: str
    version: str
    lock: str
    at: str
    who: str
    rows: Mapping[str, int]
    files: tuple[str, ...]
    kept: Mapping[str, int]
    events: str


def write_certificate(folder: Path, certificate: Certificate) -> None:
    """Write it for programs and for people, in both languages.

    Raises
    ------
    StoreError
        The machine refuses.
    """
    spelt = json.dumps({"schema": SCHEMA, **asdict(certificate)}, ensure_ascii=False, indent=1)
    write_all(
        {
            folder / FILE: (spelt + "\n").encode(),
            folder / TEXT: _worded(certificate).encode(),
        }
    )


def refuse_destroyed(folder: Path) -> None:
    """Raise if the link tables of a wave were destroyed.

    Raises
    ------
    StoreError
        ``field.destroyed``.
    """
    path = folder / FILE
    if not path.exists():
        return
    with guarded(path, "read"):
        at = json.loads(path.read_bytes())["at"]
    what = f"roster, links and the server's key of this wave were destroyed on {at[:10]}"
    fix = "Its answers can still be imported: survey import --fielded; begin another with --wave"
    raise StoreError("field.destroyed", str(folder), what, fix)


def _worded(c: Certificate) -> str:
    rows = ", ".join(f"{name} {count:,}" for name, count in c.rows.items())
    kept = ", ".join(f"{name} {count:,}" for name, count in c.kept.items())
    files = ", ".join(c.files) or "-"
    return f"""Certificate of destruction

Wave {c.wave} of {c.instrument} {c.version} (lock {c.lock})
Destroyed on {c.at} by the account {c.who}.
Rows destroyed: {rows}
Files destroyed: {files}
Rows kept: {kept}
SHA-256 of the log of the wave (events.jsonl): {c.events}
Whatever linked invitations to people or to links is gone from these files. Files were overwritten
before they were deleted; a disk that moves its blocks may keep old ones until it reuses them.
Copies elsewhere (links that were sent, backups on other machines) are not covered by this
certificate: destroy them too.

销毁证明

批次 {c.wave}，问卷 {c.instrument} {c.version}（锁定 {c.lock}）
销毁时间：{c.at}，操作账户：{c.who}。
已销毁的记录：{rows}
已销毁的文件：{files}
保留的记录：{kept}
本批次操作日志（events.jsonl）的 SHA-256：{c.events}
这些文件中把邀请与人员或链接对应起来的内容均已不存在。文件在删除前已被覆盖；会自行搬移数据块的磁盘可能在重新使用之前仍保留旧块。
其他地方的副本（已发出的链接、其他机器上的备份）不在本证明范围内，请一并销毁。
"""
