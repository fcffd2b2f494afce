import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.selectors import checkpoint_latest, log_verify
from mlops_portal.foundation.ledger.services import log_sequence

pytestmark = pytest.mark.django_db


def run(*args: str) -> tuple[str, str, int]:
    out, err = StringIO(), StringIO()
    try:
        call_command("ledger_verify", *args, stdout=out, stderr=err)
    except SystemExit as end:
        return out.getvalue(), err.getvalue(), int(end.code or 0)
    return out.getvalue(), err.getvalue(), 0


def test_a_sound_log_has_no_faults_and_exit_code_0(record):
    record(300)
    log_sequence(batch=100)
    record(2)
    out, _err, code = run("--json")
    found = json.loads(out)
    assert code == 0
    assert {key: found[key] for key in ("events", "size", "checkpoints", "waiting", "erased", "faults")} == {
        "events": 303,
        "size": 301,
        "checkpoints": 4,
        "waiting": 2,
        "erased": 0,
        "faults": [],
    }
    assert found["root"] == bytes(checkpoint_latest().root).hex()


def test_an_empty_log_is_sound():
    assert log_verify().faults == []


@pytest.mark.django_db(transaction=True)
def test_a_fault_is_a_sentence_and_exit_code_1(record, unguarded):
    record()
    log_sequence()
    Event.objects.filter(leaf__index=0).update(channel="node")
    _out, err, code = run()
    assert code == 1
    assert "the database says something else than its text about channel." in err


def test_a_checkpoint_kept_elsewhere_is_compared(record, tmp_path):
    record()
    log_sequence()
    kept = tmp_path / "checkpoint"
    kept.write_text(checkpoint_latest().note, encoding="utf-8")
    record(3)
    log_sequence()
    assert run("--checkpoint", str(kept))[2] == 0
    lines = checkpoint_latest().note.splitlines()
    kept.write_text(kept.read_text().replace("\n2\n", "\n3\n"), encoding="utf-8")
    assert "rewritten" in run("--checkpoint", str(kept))[1]
    kept.write_text("\n".join(lines).replace("\n5\n", "\n500\n") + "\n", encoding="utf-8")
    assert "was cut" in run("--checkpoint", str(kept))[1]


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path):
    (tmp_path / "x").write_text("x")
    for name in ("x", "missing"):
        with pytest.raises(CommandError, match="is not a checkpoint"):
            run("--checkpoint", str(tmp_path / name))
