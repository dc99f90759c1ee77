"""Every setting, its unit, its default: `distribution.toml` first, DISTRIBUTION_* on top.

An embedded installation lives in one folder, `home`: settings file, database, outbox, template
overrides, and a secret key made at first use.
"""

from distribution.config.keys import secret_keys
from distribution.config.listed import server_of
from distribution.config.readiness import NotReadyToSend, refuse_trial_settings, takes_sign_ups
from distribution.config.reading import FILE_NAME, Configuration, UnreadableSettings, load
from distribution.config.secret_files import is_secret
from distribution.config.settings import PREFIX, Settings

__all__ = [
    "FILE_NAME",
    "PREFIX",
    "Configuration",
    "NotReadyToSend",
    "Settings",
    "UnreadableSettings",
    "is_secret",
    "load",
    "refuse_trial_settings",
    "secret_keys",
    "server_of",
    "takes_sign_ups",
]
