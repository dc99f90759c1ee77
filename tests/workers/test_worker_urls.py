"""The address of Redis: what is wrong with it is said before anything is connected."""

import pytest

from distribution.config import Settings
from distribution.errors import InvalidSetting
from workers.broker import make_broker


@pytest.mark.parametrize(
    "url",
    [
        "unix:///nothing.sock?foo=99",
        "redis://localhost/0?colour=red",
        "redis://localhost/0?socket_timeout=soon",
        "redis://localhost/0?protocol=9",
        "rediss://localhost/0?ssl_cert_reqs=perhaps",
    ],
)
def test_an_option_that_redis_does_not_know_is_refused_without_telling_the_address(
    url: str,
) -> None:
    settings = Settings(redis_url=url)  # type: ignore[arg-type] # pydantic converts

    with pytest.raises(InvalidSetting, match=r"DISTRIBUTION_REDIS_URL='\*\*\*'"):
        make_broker(settings)
