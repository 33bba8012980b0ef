"""What a deployment may choose, and how its two secrets are kept."""

import json
import stat

import pytest
from pydantic import ValidationError

from app.registry.seal import Seal
from app.settings import MissingSecrets, Settings, default_data_folder

SECRET = "an invented secret of the tests, long enough"
PEPPER = "another invented secret of the tests, as long"


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    """No setting from outside; a folder of its own."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"REFERRAL_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_a_setting_is_its_name_in_the_environment(monkeypatch):
    """With the prefix."""
    monkeypatch.setenv("REFERRAL_DATABASE_URL", "sqlite:///elsewhere.db")
    monkeypatch.setenv("REFERRAL_LANGUAGES", "ru, en")
    monkeypatch.setenv("REFERRAL_POLICY", '{"handover": 300}')

    settings = Settings()

    assert settings.database_url == "sqlite:///elsewhere.db"
    assert settings.languages == ("ru", "en")
    assert settings.ranking_policy().handover == 300


def test_nothing_secret_is_shown():
    """Not by repr, not by an error."""
    url = "postgresql+psycopg://user:hidden-word@db/referral"
    settings = Settings(pepper=PEPPER, seal_key=SECRET, database_url=url)

    assert not any(word in repr(settings) + str(settings) + repr(settings.secrets()) for word in
                   (PEPPER, SECRET, "hidden-word"))  # fmt: skip
    with pytest.raises(ValidationError) as raised:
        Settings(pepper=[SECRET])
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    "wrong",
    [{"languages": ""}, {"languages": "xx"}, {"policy": {"no_such_weight": 1}}, {"policy": {"handover": -1}},
     {"body_limit_bytes": 0}, {"plans_at_once": 0}, {"no_such_setting": 1}],
)  # fmt: skip
def test_a_wrong_setting_is_refused(wrong):
    """At the start, not at the first request."""
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_settings_do_not_change():
    """One value for the life of a process."""
    with pytest.raises(ValidationError):
        Settings().demo = True


def test_without_secrets_the_message_tells_how_to_set_them():
    """And nothing is made up."""
    with pytest.raises(MissingSecrets, match="REFERRAL_KEY_FILE"):
        Settings().secrets()


@pytest.mark.parametrize(("pepper", "seal_key"), [("short", SECRET), (PEPPER, "short")])
def test_short_secrets_are_refused(pepper, seal_key):
    """And not repeated."""
    with pytest.raises(MissingSecrets, match="32") as raised:
        Settings(pepper=pepper, seal_key=seal_key).secrets()
    assert "short" not in str(raised.value)


def test_secrets_come_from_a_file(tmp_path):
    """For containers that mount them."""
    (tmp_path / "keys.json").write_text(json.dumps({"pepper": PEPPER, "seal_key": SECRET}))

    secrets = Settings(key_file=tmp_path / "keys.json").secrets()

    assert (secrets.pepper.get_secret_value(), secrets.seal_key.get_secret_value()) == (PEPPER, SECRET)


def test_seal_keys_of_before_still_open_what_they_sealed(monkeypatch):
    """So that a seal key can be changed; none of them is shown."""
    older = "b" * 40
    sealed = Seal(older).sealed("a street", about="xa")
    monkeypatch.setenv("REFERRAL_OLDER_SEAL_KEYS", f"{'a' * 40}, {older},")
    settings = Settings(pepper=PEPPER, seal_key=SECRET)

    assert settings.secrets().seal().opened(sealed, about="xa") == "a street"
    assert older not in repr(settings) + repr(settings.secrets())
    monkeypatch.setenv("REFERRAL_OLDER_SEAL_KEYS", "short")
    with pytest.raises(MissingSecrets, match="every seal key"):
        Settings(pepper=PEPPER, seal_key=SECRET).secrets()


@pytest.mark.parametrize("text", ["", "{}", "[]", '"x"', '{"pepper": 1}', "\udcff"])
def test_an_unreadable_key_file_is_refused(tmp_path, text):
    """By its name, not by its content."""
    path = tmp_path / "keys.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(MissingSecrets, match=r"keys\.json"):
        Settings(key_file=path).secrets()
    with pytest.raises(MissingSecrets):
        Settings(key_file=tmp_path / "absent").secrets()


def test_a_demonstration_makes_its_secrets_once_and_for_its_owner_only(tmp_path):
    """Beside the database, mode 0600; the second start finds them again."""
    settings = Settings(demo=True, database_url="sqlite:///deep/down/demo.db")

    first, second = settings.secrets(), settings.secrets()

    (kept,) = (tmp_path / "deep" / "down").iterdir()
    assert first == second
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert first.pepper != first.seal_key


def test_the_folder_of_the_database_is_known_for_files_only():
    """For the one who makes it."""
    folders = [
        Settings(database_url=url).sqlite_folder()
        for url in ("sqlite://", "sqlite:///:memory:", "postgresql+psycopg://db/referral", "sqlite:///var/x.db")
    ]

    assert [str(folder) for folder in folders] == ["None", "None", "None", "var"]


def test_the_data_folder_of_a_checkout_is_its_data():
    """An installed package has its own."""
    assert (default_data_folder() / "places" / "places.csv").is_file()
