from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mlops_portal.foundation.ledger.errors import NoCheckpointKey
from mlops_portal.foundation.ledger.models import Checkpoint, Event
from mlops_portal.foundation.ledger.selectors import log_verify
from mlops_portal.foundation.ledger.selectors.keys import checkpoint_key, checkpoint_verifier
from mlops_portal.foundation.ledger.services import log_sequence


def pem(key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.CHECKPOINT_KEY = ""
    settings.PROFILE = "embedded"


def test_the_embedded_profile_makes_its_key_once_even_for_many_at_once(settings):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: checkpoint_verifier(make=True), range(8)))
    assert len(set(made)) == 1
    files = list((Path(settings.VAR_DIR) / "keys").iterdir())
    assert [(file.name, file.stat().st_mode & 0o777) for file in files] == [("checkpoint.pem", 0o600)]


def test_looking_makes_no_key():
    with pytest.raises(NoCheckpointKey, match="cannot be read"):
        checkpoint_key()


def test_production_needs_the_key_from_outside(settings):
    settings.PROFILE = "production"
    with pytest.raises(NoCheckpointKey, match="CHECKPOINT_KEY is not set"):
        checkpoint_key(make=True)
    key = Ed25519PrivateKey.generate()
    settings.CHECKPOINT_KEY = pem(key)
    assert checkpoint_key().private_bytes_raw() == key.private_bytes_raw()


@pytest.mark.parametrize(
    "text", ["x", pem(generate_private_key(SECP256R1()))], ids=["no PEM", "another kind"]
)
def test_another_kind_of_key_is_refused(settings, text):
    settings.CHECKPOINT_KEY = text
    with pytest.raises(NoCheckpointKey, match="not an Ed25519"):
        checkpoint_key()


@pytest.mark.django_db
def test_a_new_key_is_announced_and_old_checkpoints_stay_valid(settings, record):
    record()
    log_sequence()
    settings.CHECKPOINT_KEY = pem(Ed25519PrivateKey.generate())
    record()
    log_sequence()
    record()
    log_sequence()
    assert Checkpoint.objects.count() == 3
    assert Event.objects.filter(type="ledger.key.used").count() == 2
    assert log_verify().faults == []
    settings.CHECKPOINT_KEY = pem(Ed25519PrivateKey.generate())
    assert log_verify().faults == ["The newest checkpoint is not signed with the key of this portal."]
