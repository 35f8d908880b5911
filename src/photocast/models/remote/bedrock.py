"""Amazon Bedrock, which has credentials, regions and an HTTP client of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from photocast._optional import require
from photocast.models.remote.address import Address
from photocast.models.remote.setting import Setting, Tally, profile_of
from photocast.models.remote.wire import LONGEST_CONNECT
from photocast.schema import Fault, ModelError

if TYPE_CHECKING:
    from pydantic_ai.models import Model


def bedrock_address() -> Address:
    """The address of Bedrock in the region that AWS's settings name.

    Raises:
        ModelError: they name none, or Amazon's library is not installed.
    """
    boto3 = amazon("boto3")
    region = boto3.Session().region_name
    if region is None:
        why = "Amazon's settings name none, and models are not the same in all of them"
        do = "Set AWS_DEFAULT_REGION, for example to us-east-1"
        raise ModelError(Fault.NO_KEY, "there is no region to find Bedrock in", why, do)
    host = f"bedrock-runtime.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
    return Address(f"https://{host}", host, here=False, own=True)


@contextmanager
def bedrock(setting: Setting) -> Iterator["Model[Any]"]:
    """The model that answers in words."""
    from pydantic_ai.models.bedrock import BedrockConverseModel
    from pydantic_ai.providers.bedrock import BedrockProvider

    with bedrock_client(setting) as client:
        provider = BedrockProvider(bedrock_client=client)
        yield BedrockConverseModel(setting.model, provider=provider, profile=profile_of(setting))


@contextmanager
def bedrock_client(setting: Setting) -> Iterator[Any]:
    """A client of `bedrock-runtime` that makes one attempt, counts what it sends, and is closed at the end."""
    boto3 = amazon("boto3")
    config = amazon("botocore.config").Config(
        connect_timeout=min(setting.timeout, LONGEST_CONNECT),
        read_timeout=setting.timeout,
        retries={"total_max_attempts": 1, "mode": "standard"},
        signature_version=_signature(setting),
        proxies={} if setting.address.here else None,  # what stays on this machine goes to no proxy
    )
    session = boto3.Session(botocore_session=_bearer(setting.key)) if setting.key else boto3.Session()
    region = None if setting.address.own else session.region_name or "us-east-1"  # means nothing to another server
    client = session.client("bedrock-runtime", region, config=config, endpoint_url=setting.address.url)
    client.meta.events.register("before-send.bedrock-runtime", _counter(setting.tally))
    try:
        yield client
    finally:
        client.close()


def _signature(setting: Setting) -> Any:
    """How requests are signed: Amazon's credentials are for Amazon alone, a key goes to whom it belongs."""
    if setting.key:
        return "bearer"
    return None if setting.address.own else amazon("botocore").UNSIGNED


def amazon(module: str) -> Any:
    """Amazon's libraries tell type checkers nothing."""
    return require(module, extra="bedrock", purpose="bedrock:")


def _bearer(key: str) -> Any:
    """A session whose only credential is one of Bedrock's own keys."""
    session: Any = amazon("botocore.session").Session

    class Bearer(session):  # type: ignore[misc]
        def get_auth_token(self, **_: Any) -> Any:
            return amazon("botocore.tokens").FrozenAuthToken(key)

        def get_credentials(self) -> None:
            return None

    return Bearer()


def _counter(tally: Tally) -> Any:
    def count(request: Any, **_: Any) -> None:
        head = sum(len(name) + len(str(value)) + 4 for name, value in request.headers.items())
        tally.sent += len(request.method) + len(request.url) + head + len(request.body or b"")

    return count
