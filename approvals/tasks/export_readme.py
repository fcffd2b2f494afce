"""``README.txt`` of an export: what lies where, and how to check it without us."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _


def readme(*, whole: bool, facts: Sequence[tuple[str, str]], key_id: str, commands: Sequence[str]) -> bytes:
    """``key_id`` is that of the key that signed the checkpoint; ``commands`` verify the statements."""
    holds = (
        _("This export holds the whole log.")
        if whole
        else _("This export holds a part of the log; each event is proved to stand in it.")
    )
    parts = [
        _("Export of the decision log"),
        "\n".join(f"{name}: {value}" for name, value in facts),
        holds,
        _("Verify it with Python 3.9 or newer and the package cryptography, and nothing of the portal:"),
        "    python verify.py",
        _(
            "Better: with the root on the paper of the key ceremony, a checkpoint.txt kept from before, and "
            "the number of edge nodes that must have cosigned the log:"
        ),
        "    python verify.py --root SHA256 --checkpoint OLD-checkpoint.txt --witnesses 2",
        _("Or open verify.html in a browser: another verifier, which needs no network and sends nothing."),
        _("The checkpoint's signature with openssl alone:"),
        "    head -n 3 checkpoint.txt > signed.txt\n"
        "    tail -n 1 checkpoint.txt | cut -d ' ' -f 3 | base64 -d | tail -c 64 > signature.bin\n"
        f"    openssl pkeyutl -verify -pubin -inkey keys/checkpoint-{key_id}.pem -rawin -in signed.txt "
        "-sigfile signature.bin",
    ]
    if commands:
        lines = "\n".join(f"    {one}" for one in commands)
        parts += [_("The signatures of people with openssl alone:"), lines]
    parts += [
        _("What lies where:"),
        "\n".join(f"    {name:<26}{text}" for name, text in _contents(whole)),
        _("Who had their name erased is gone from personal.jsonl; the log verifies all the same."),
        _("Names in signed statements are kept by law."),
    ]
    return ("\n\n".join(parts) + "\n").encode()


def _contents(whole: bool) -> list[tuple[str, str]]:
    lead = _("earlier checkpoints lead to this one")
    return [
        ("events.jsonl", _("the events, one a line, exactly as the log's leaves hold them")),
        ("personal.jsonl", _("what events say about people, with its salt, where it was not erased")),
        ("log.csv, log.pdf", _("the same to read")),
        ("checkpoint.txt", _("the signed size and root of the log")),
        ("proofs/", lead if whole else lead + "; " + _("each event stands in the log")),
        ("statements/", _("what people signed, with their signatures")),
        ("evidence/, manifests/", _("what they decided on, and what the models were taught")),
        ("policies/, rosters/", _("what models had to show, and who might approve")),
        ("tuf/", _("what the offline keys signed: the roots, and the lists of rosters")),
        ("keys/", _("public keys with their history")),
        ("export.json, export.note", _("filter, totals and a digest of every file; sealed")),
        ("verify.py, verify.html", _("two verifiers, written apart")),
    ]
