"""A version registered by others names any place; only places that are no way inside are read."""

from __future__ import annotations

import pytest

from mlops_portal.foundation.registry.compute.outside import _is_read


@pytest.mark.parametrize(
    "place", ["mlflow-artifacts:/0/abc/artifacts/model", "mlflow-artifacts:0/abc", "s3://plant/models/1"]
)
def test_the_servers_own_store_and_object_stores_are_read(place: str) -> None:
    assert _is_read(place)


@pytest.mark.parametrize(
    "place",
    [
        "mlflow-artifacts://169.254.169.254:80/latest/meta-data",
        "mlflow-artifacts://127.0.0.1:6379/x",
        "mlflow-artifacts://portal/x",
        "file:///etc/passwd",
        "/etc/passwd",
        "http://169.254.169.254/latest",
        "ftp://inside/x",
        "dbfs:/x",
        "hdfs://inside/x",
        "sftp://inside/x",
        "mlflow-artifacts://[::1/x",
        "",
    ],
)
def test_this_machines_files_and_hosts_inside_the_network_are_not(place: str) -> None:
    assert not _is_read(place)
