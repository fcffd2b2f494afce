"""Makes every bundle of the corpus, once: out of a plant that held a ceremony, decided and released."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.approvals.corpus import (
    BAD,
    GOOD,
    KEYLESS,
    PART,
    PLANT,
    SEALED,
    ZIPS,
    Bundle,
)
from tests.approvals.corpus_witnesses import WITNESSED
from tests.approvals.export_case import Files, decided, files_of, made, packed, sealed_again

TOTALS = ("events", "leaves", "erased", "statements", "evidence", "manifests", "policies")
FILTERS = {
    "a part that calls itself the whole": ("part", {"from": "", "to": "", "model": ""}),
    "a whole that calls itself a part": ("whole", {"from": "", "to": "", "model": "press-quality"}),
    "a filter that says more": ("part", {"from": "", "to": "", "model": "press-quality", "site": "x"}),
}


@contextmanager
def corpus(folder: Path, cast: Any) -> Iterator[dict[str, Bundle]]:
    """By their names; while it is open keys and files of the portal lie in ``folder``."""
    from django.conf import settings

    from approvals.selectors.records.export import Scope
    from edge_sync.selectors.roster import root_digest
    from tests.approvals.world import make_bench

    patch = pytest.MonkeyPatch()
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder / "storage")},
    }
    patch.setattr(settings, "VAR_DIR", folder)
    patch.setattr(settings, "STORAGES", {**settings.STORAGES, "default": storage})
    try:
        bench = decided(make_bench(cast))
        scopes = {"whole": Scope(), "part": Scope(model=bench.model.slug)}
        files = {name: files_of(made(scope, folder / f"{name}.zip")) for name, scope in scopes.items()}
        yield {name: one.rooted(root_digest()) for name, one in _bundles(files, bench).items()}
    finally:
        patch.undo()


def _bundles(files: dict[str, Files], bench: Any) -> dict[str, Bundle]:
    from approvals.selectors.seal_key import seal_key, seal_public
    from tests.approvals.corpus_thief import THEFTS, Loot, Thief

    whole, part = files["whole"], files["part"]
    zipped = packed(whole)
    bundles = {"whole": Bundle(zipped, GOOD), "part": Bundle(packed(part), GOOD)}
    for name, change in KEYLESS.items():
        bundles[f"keyless: {name}"] = Bundle(packed(change(whole)), BAD)
    for name, bend in ZIPS.items():
        bundles[f"zip: {name}"] = Bundle(bend(zipped), BAD)
    for name, change in SEALED.items():
        bundles[f"sealed: {name}"] = Bundle(packed(sealed_again(change(whole))), BAD)
    for name, change in PART.items():
        bundles[f"part: {name}"] = Bundle(packed(sealed_again(change(part))), BAD)
    for total in TOTALS:
        told = sealed_again(whole, lambda said, total=total: said["totals"].update({total: 99}))  # type: ignore[misc]
        bundles[f"sealed: another total of {total}"] = Bundle(packed(told), BAD)
    for name, (which, said) in FILTERS.items():
        told = sealed_again(files[which], lambda one, said=said: one.update(filter=said))  # type: ignore[misc]
        bundles[f"sealed: {name}"] = Bundle(packed(told), BAD)
    person = bench.cast.two.quality_engineer
    loot = Loot(bench.key_of(person), seal_key(), seal_public()[0], seal_public()[1].hex())
    for name, (expected, steal) in THEFTS.items():
        thief = Thief(whole)
        steal(thief, loot)
        bundles[f"thief: {name}"] = Bundle(packed(thief.sealed()), expected)
    anew = Thief(whole)
    anew.events[2]["channel"] = "page" if anew.events[2]["channel"] != "page" else "api"
    told = packed(anew.sealed())
    kept = whole["checkpoint.txt"].decode()
    bundles["kept: the log written anew"] = Bundle(told, BAD, {"checkpoint": kept})
    bundles["kept: the same log"] = Bundle(zipped, GOOD, {"checkpoint": kept})
    longer = Thief(whole)
    longer.add(longer.events[-1], type="plant.shift.changed")
    kept = longer.sealed()["checkpoint.txt"].decode()
    bundles["kept: an older log"] = Bundle(zipped, GOOD, {"checkpoint": kept})
    for name, (expected, wanted, change) in WITNESSED.items():
        told = packed(sealed_again(change(whole)))
        bundles[f"witnesses: {name}"] = Bundle(told, expected, {"witnesses": wanted})
    demanded = {"witnesses": "1"}
    bundles["witnesses: the log written anew"] = Bundle(packed(anew.sealed()), BAD, demanded)
    refusing = Thief(whole)
    refused = {"witness": "node", "size": 3, "seen": 4, "why": "x", "kept": "k", "refused": "r"}
    refusing.add(refusing.events[-1], type="ledger.checkpoint.refused", data=refused)
    bundles["witnesses: one refuses the log"] = Bundle(packed(refusing.sealed()), PLANT)
    bundles["witnesses: of a part"] = Bundle(packed(part), GOOD, demanded)
    bundles["another root on paper"] = Bundle(zipped, BAD, {"root": "0" * 64})
    return bundles


def written(bundles: dict[str, Bundle], folder: Path) -> None:
    """As ``make corpus`` gives them to whoever writes a third verifier: zips, and index.json."""
    index = []
    for number, (name, one) in enumerate(bundles.items()):
        (folder / f"{number:03d}.zip").write_bytes(one.data)
        index.append({"file": f"{number:03d}.zip", "name": name, "expected": one.expected, **one.given})
    (folder / "index.json").write_text(json.dumps(index, indent=1, ensure_ascii=False), encoding="utf-8")
