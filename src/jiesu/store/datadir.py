"""The data directory: where one installation keeps its keys, cluster, files, locks and logs."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class CannotStart(Exception):
    """This machine or its settings stand in the way; the message tells a person, in Chinese, what to do."""


REASONS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "不存在",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘是只读的",
    errno.EADDRINUSE: "已被占用",
    errno.EADDRNOTAVAIL: "不是本机的地址",
}


def reason(error: OSError) -> str:
    """Why the system said no, in Chinese where it is a usual reason."""
    return REASONS.get(error.errno or 0, error.strerror or str(error))


@dataclass(frozen=True)
class DataDir:
    """Paths inside one data directory. Making the object touches nothing on disk; `prepare` does."""

    root: Path

    @classmethod
    def choose(cls, given: str | None = None, environ: Mapping[str, str] | None = None) -> DataDir:
        """The directory asked for: `given`, else JIESU_DATA, else /var/lib/jiesu (root) or ~/.local/share/jiesu."""
        env = os.environ if environ is None else environ
        named = given or env.get("JIESU_DATA")
        if named:
            return cls(Path(named).expanduser().absolute())
        if os.geteuid() == 0:
            return cls(Path("/var/lib/jiesu"))
        return cls(Path(env.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "jiesu")

    def prepare(self) -> DataDir:
        """Make the directory and its rooms, mode 0700, owned by the one who runs; safe to repeat."""
        try:
            for folder in (self.root, self.logs, self.run, self.files):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.root.stat().st_uid != os.geteuid():
                raise CannotStart(f"数据目录 {self.root} 属于另一个用户，请换用那个用户运行，或用 --data 另选目录。")
            self.root.chmod(0o700)
        except OSError as error:
            raise CannotStart(
                f"数据目录 {self.root} 无法使用：{reason(error)}。请检查权限，或用 --data 另选目录。"
            ) from error
        return self

    @property
    def keys(self) -> Path:
        return self.root / "keys.json"

    @property
    def passwords(self) -> Path:
        return self.root / "pg-passwords.json"

    @property
    def cluster_pointer(self) -> Path:
        """Names the cluster's folder when it cannot lie in this directory (a service user must reach it)."""
        return self.root / "cluster-at"

    @property
    def cluster(self) -> Path:
        return self.root / "pg"

    @property
    def files(self) -> Path:
        return self.root / "files"

    @property
    def logs(self) -> Path:
        return self.root / "log"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def unfinished(self) -> Path:
        """While it is there, a demo is being loaded, or the loading was broken off; it names the database."""
        return self.root / "demo-unfinished"

    @property
    def serve_lock(self) -> Path:
        return self.run / "serve.lock"


@contextmanager
def exclusive(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold an exclusive lock on `path` for the block; yields False at once when not `wait` and another holds it.

    The lock dies with the process, so a killed holder never blocks the next one.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotStart(f"锁文件 {path} 打不开：{reason(error)}。请用启动系统的那个用户运行。") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def write_private(path: Path, text: str, *, replace: bool = False) -> bool:
    """Write a 0600 file whole and durable; False, and the old file untouched, if it exists and not `replace`."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    try:
        if replace:
            draft.replace(path)
        else:
            path.hardlink_to(draft)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable, so that a rename survives a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
