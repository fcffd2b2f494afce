"""What keeps it from starting is said in one clear sentence."""

from __future__ import annotations

import socket

import pytest

from tests.serve.running import Run


def test_a_taken_port_is_named_with_the_way_out(run: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", run.port))
        other.listen()
        said = run.refused()

    assert f"Port {run.port} (web) is taken by another program; end it, or choose another: PORT=" in said
    assert "Traceback" not in said
    assert run.left() == []


def test_the_port_may_be_chosen_on_the_command_line(run: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", run.port))
        other.listen()
        chosen, run.port = run.port, run.port + 2
        said = run.refused("--port", str(chosen))

    assert f"Port {chosen} (web) is taken" in said


def test_files_that_cannot_be_written_are_named(run: Run) -> None:
    run.var_dir.write_text("a file where the folder should be")

    said = run.refused()

    assert said.count("\n") == 1
    assert f"{run.var_dir} cannot be written" in said
    assert "set VAR_DIR to a folder that can." in said


def test_a_folder_below_that_cannot_be_written_is_named(run: Run) -> None:
    run.var_dir.mkdir()
    (run.var_dir / "log").write_text("a file where the folder should be")

    said = run.refused()

    assert f"{run.var_dir}/log cannot be written" in said
    assert "Traceback" not in said


def test_a_wrong_setting_is_refused_in_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")

    said = run.refused()

    assert said.strip().splitlines()[-1].endswith("LOG_FORMAT is 'xml', but it must be one of text, json.")
    assert said.count("\n") == 1


@pytest.mark.slow
def test_a_second_run_on_the_same_data_is_refused_and_harms_nothing(standing: Run) -> None:
    second = Run(standing.var_dir)
    second.output = standing.output.with_suffix(".second")

    said = second.refused()

    running = f"(process {standing.process.pid}, http://localhost:{standing.port})"
    assert f"The portal already runs on this data {running}" in said
    standing.until(standing.ready, "it to be ready as before")
