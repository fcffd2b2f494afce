"""What somebody typed into a form whose session had ended, until they have signed in again.

- It is kept for half an hour in the portal's cache, encrypted under a key that needs both the portal's secret
  and the random name that stands in the browser's address alone. Not in the browser: tablets at the line are
  shared, and what one person typed must not lie there for the next.
- It belongs to whom the form was made for: every form carries that person's signed mark. Who else signs in
  gets nothing, and it is dropped.
- Passwords, codes, tokens and signatures are never kept; files are named, to be chosen again.
- It is never sent by itself: the page shows it filled in, a person sends it.
- At most 64 KiB a form and 20 forms a person, so that nobody fills the cache.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.encoding import force_bytes

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.pages.next_page import BACK, page_of

MARK = "typed_by"
LASTS = 30 * 60  # seconds
LARGEST, MOST = 64 * 1024, 20
SECRET = frozenset(
    {
        *("password", "oldpassword", "passwd", "passphrase", "pin", "otp", "totp", "code", "codes", "secret"),
        *("token", "csrfmiddlewaretoken", "credential", "envelope", "statement", "signature"),
    }
)
OURS = frozenset({MARK, BACK, "next"})
_marks = signing.Signer(salt="mlops_portal.foundation.shell.pages.kept_input")


@dataclass(frozen=True, slots=True)
class Kept:
    """``page`` is where the form stood, ``action`` where it goes; ``fields`` are (name, value) in order;
    ``files`` names what is to be chosen again; ``secret`` says that something is to be entered again."""

    owner: str
    page: str
    action: str
    fields: list[list[str]]
    files: list[str]
    secret: bool

    @property
    def shown(self) -> dict[str, object]:
        """What the page's script fills in."""
        return {"action": self.action, "fields": self.fields}


def mark_of(person: Person) -> str:
    """What every form carries, so that it is known whose it is after the session ended."""
    return _marks.sign(str(person.pk))


def owner_of(data: Mapping[str, str]) -> str | None:
    """The id of the person for whom a form was made; None for a form without a true mark."""
    try:
        return _marks.unsign(data.get(MARK, ""))
    except signing.BadSignature:
        return None


def is_secret(name: str) -> bool:
    words = re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())
    return any(word in SECRET for word in words)


def keep(request: HttpRequest) -> str:
    """Keep what a POST carried; the name under which it comes back, "" where nothing was kept."""
    owner = owner_of(request.POST)
    if owner is None:
        return ""
    typed = [(name, value) for name, values in request.POST.lists() if name not in OURS for value in values]
    entry = Kept(
        owner=owner,
        page=page_of(request),
        action=request.get_full_path(),
        fields=[[name, str(value)] for name, value in typed if not is_secret(name)],
        files=[name for name, _file in request.FILES.items()],
        secret=any(is_secret(name) for name, _value in typed if name != "csrfmiddlewaretoken"),
    )
    data = json.dumps(asdict(entry)).encode()
    if len(data) > LARGEST or not _has_room(owner):
        return ""
    name = secrets.token_urlsafe(24)
    cache.set(_place(name), _cipher(name).encrypt(data), LASTS)
    return name


def kept_for(person: Person, name: str) -> Kept | None:
    """What was kept under ``name`` for this person. For anybody else it is dropped, and there is nothing."""
    data = cache.get(_place(name))
    if data is None:
        return None
    try:
        entry = Kept(**json.loads(_cipher(name).decrypt(data)))
    except (InvalidToken, TypeError, ValueError):
        return None
    if entry.owner != str(person.pk):
        forget(name)
        return None
    return entry


def forget(name: str) -> None:
    cache.delete(_place(name))


def _has_room(owner: str) -> bool:
    counter = f"typed-count:{owner}"
    cache.add(counter, 0, LASTS)
    try:
        return bool(cache.incr(counter) <= MOST)
    except ValueError:  # it ran out between the two
        return True


def _place(name: str) -> str:
    return f"typed:{sha256(name.encode()).hexdigest()}"


def _cipher(name: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=name.encode(), info=b"mlops-portal kept input")
    return Fernet(base64.urlsafe_b64encode(derived.derive(force_bytes(settings.SECRET_KEY))))
