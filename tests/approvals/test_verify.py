"""Two verifiers, written apart, say the same of every good and every bad export."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from approvals.verify.source import page, script_of_page, verifier
from tests.approvals.bundles import corpus, written
from tests.approvals.corpus import BAD, GOOD, PLANT, Bundle
from tests.approvals.export_case import cryptography_alone, verified

pytestmark = pytest.mark.django_db  # the exports are made once, out of rows that are taken back
CODES = {GOOD: 0, BAD: 1, PLANT: 3}
RUN_ALL = """
const fs = require("fs"), folder = process.argv[2];
(async () => {
  for (const one of JSON.parse(fs.readFileSync(`${folder}/index.json`, "utf8"))) {
    const { result } = await verifyExport(new Uint8Array(fs.readFileSync(`${folder}/${one.file}`)), one);
    console.log(JSON.stringify([one.name, result]));
  }
})();
"""


@pytest.fixture(scope="module")
def bundles(django_db_setup, django_db_blocker, tmp_path_factory):
    from django.db import transaction

    from tests.cast import make_cast

    with django_db_blocker.unblock(), transaction.atomic():
        with corpus(tmp_path_factory.mktemp("corpus"), make_cast()) as found:
            pass
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="module")
def folder(bundles, tmp_path_factory) -> Path:
    """The corpus as files; ``EXPORT_CORPUS`` names a folder that keeps them."""
    asked = os.environ.get("EXPORT_CORPUS")
    place = Path(asked) if asked else tmp_path_factory.mktemp("bundles")
    place.mkdir(parents=True, exist_ok=True)
    written(bundles, place)
    return place


@cache
def built() -> Any:
    """verify.py as it goes with an export."""
    module: Any = ModuleType("verify_built")
    module.__file__ = "verify.py"
    sys.modules[module.__name__] = module
    exec(compile(verifier(), "verify.py", "exec"), module.__dict__)
    return module


def told(bundle: Bundle, folder: Path) -> tuple[int, str]:
    """The exit code and the words of verify.py, run here because a process each would take long."""
    path = folder / "export.zip"
    path.write_bytes(bundle.data)
    root = bundle.given.get("root")
    arguments = ["verify.py", str(path), *(["--root", root] if root else [])]
    if "witnesses" in bundle.given:
        arguments += ["--witnesses", bundle.given["witnesses"]]
    if "checkpoint" in bundle.given:
        (folder / "kept.txt").write_text(bundle.given["checkpoint"], encoding="utf-8")
        arguments += ["--checkpoint", str(folder / "kept.txt")]
    out, before = io.StringIO(), sys.argv
    sys.argv = arguments
    try:
        with contextlib.redirect_stdout(out):
            code = built().main()
    finally:
        sys.argv = before
    return code, out.getvalue()


def test_verify_py_says_of_every_bundle_what_it_is(bundles, tmp_path):
    wrong = {}
    for name, bundle in bundles.items():
        code, words = told(bundle, tmp_path)
        if code != CODES[bundle.expected]:
            wrong[name] = (code, words)
    assert not wrong, "\n\n".join(f"{name}: {code}\n{words}" for name, (code, words) in wrong.items())
    assert sum(one.expected != GOOD for one in bundles.values()) >= 150


def test_the_page_says_the_same_of_every_bundle(bundles, folder, tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("the page's JavaScript runs here in Node, which is not on this machine")
    (tmp_path / "all.js").write_text(script_of_page() + RUN_ALL, encoding="utf-8")
    answer = subprocess.run(
        [node, str(tmp_path / "all.js"), str(folder)], capture_output=True, text=True, timeout=300
    )
    said = dict(json.loads(line) for line in answer.stdout.splitlines())
    assert len(said) == len(bundles), answer.stderr
    assert {n: said[n] for n in said if said[n] != bundles[n].expected} == {}


def test_it_needs_python_and_cryptography_alone(bundles, tmp_path):
    (tmp_path / "verify.py").write_bytes(verifier())
    (tmp_path / "export.zip").write_bytes(bundles["whole"].data)
    answer = verified(
        tmp_path / "verify.py", tmp_path / "export.zip", "--root", bundles["whole"].given["root"],
        packages=cryptography_alone(tmp_path / "packages"),
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.endswith("Nothing is wrong with this export.\n")


def test_without_the_root_on_paper_it_says_what_it_could_not_root(bundles, tmp_path):
    for name in ("whole", "thief: a decision, a roster, its list and the root forged"):
        bundle = bundles[name]
        code, words = told(Bundle(bundle.data, GOOD, {"root": ""}), tmp_path)
        assert code == 0, words
        assert "open   root        You gave no root" in words
        assert "as far as it is rooted" in words


def test_it_says_how_much_of_the_log_others_saw(bundles, tmp_path):
    _code, words = told(bundles["whole"], tmp_path)
    assert "ok     witnesses   3 of 3 witnesses cosigned this log, 1 of them its first" in words
    assert "no witness is shown for the 1 after that" in words


def test_a_part_says_that_completeness_is_not_shown(bundles, tmp_path):
    _code, words = told(bundles["part"], tmp_path)
    assert "open   complete    This is a part of the log: that nothing else happened is not shown." in words


def test_a_plant_that_broke_its_promise_is_told_apart_from_tampering(bundles, tmp_path):
    _code, words = told(bundles["thief: an unapproved release"], tmp_path)
    assert "FAULT" not in words
    assert "PLANT  releases    the log tells of release 99 for press-4, whose request" not in words
    assert (
        "PLANT  releases    the log tells of release 99 for press-4, which is not the machine or number"
        in words
    )
    assert words.endswith("The log tells of a fault of the plant: see PLANT.\n")


def test_the_page_allows_its_own_script_and_style_alone():
    text = page().decode()
    policy = text.partition('content="')[2].partition('"')[0]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert text.count("<script>") == text.count("<style>") == 1
    for word in ("http://", "fetch(", "XMLHttpRequest", "eval(", "innerHTML", "import("):
        assert word not in text.replace("http://wiki.laptop.org", ""), word
