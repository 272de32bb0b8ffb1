"""The demo's passwords and tokens, in a file that only its owner may read."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Keys:
    """What ``demo.json`` holds; nothing is written before ``save()``."""

    path: Path
    users: dict[str, dict[str, str]]

    @classmethod
    def read(cls, path: Path) -> "Keys":
        """Return the keys at ``path``, or none if there is no such file or it is damaged."""
        try:
            users = json.loads(path.read_text(encoding="utf-8"))["users"]
            return cls(path, {name: dict(entry) for name, entry in users.items()})
        except (FileNotFoundError, ValueError, KeyError, AttributeError, TypeError):
            return cls(path, {})

    def password(self, name: str) -> str:
        """Return the password of ``name``, made up if there is none yet."""
        entry = self.users.setdefault(name, {})
        return entry.setdefault("password", secrets.token_urlsafe(12))

    def token(self, name: str) -> str:
        """Return the token of ``name``, empty if there is none yet."""
        return self.users.get(name, {}).get("token", "")

    def save(self, *, url: str) -> dict[str, Any]:
        """Write the file whole, readable to its owner alone, and return what is in it."""
        content = {"url": url, "users": self.users}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(f".{os.getpid()}.part")
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        return content
