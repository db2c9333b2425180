"""A session of LimeSurvey's remote interface, over the library citric."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cosyn.errors import ExtraError, PlanError, ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.push.limesurvey import Call

_PATIENCE = 300.0
"""Seconds without a byte after which a server is taken to be dead; large imports take a minute."""
_INTERFACE = "/admin/remotecontrol"


def endpoint(url: str) -> str:
    """The address of the remote interface of a LimeSurvey.

    Parameters
    ----------
    url : str
        Of the LimeSurvey, with or without ``index.php``, or of the interface itself.

    Raises
    ------
    PlanError
        If it is no web address, or holds a name or password, which logs would keep.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise PlanError(
            "push.no-url",
            "--url",
            "this is no web address of a LimeSurvey, or it holds a name or password",
            "Write it as https://survey.example.org/index.php",
        )
    if "remotecontrol" in url:
        return url
    base = url.rstrip("/")
    return f"{base}{'' if base.endswith('index.php') else '/index.php'}{_INTERFACE}"


@contextmanager
def connected(url: str, user: str, password: str) -> Iterator[Call]:
    """Log in, hand out the session's calls, and log out.

    Raises
    ------
    ExtraError
        If citric is not installed.
    ServerError
        If the server does not answer, has its remote interface switched off, or knows no such
        user and password.
    """
    address = endpoint(url)
    try:
        import requests  # noqa: PLC0415 - both are an optional part
        from citric.exceptions import LimeSurveyError, ResponseMismatchError  # noqa: PLC0415
        from citric.session import Session  # noqa: PLC0415
    except ImportError as error:
        raise ExtraError(
            "push.no-citric",
            "survey push limesurvey",
            "the library citric, which talks to LimeSurvey, is not installed",
            "pip install cosyn[limesurvey]",
        ) from error

    class Patient(requests.Session):
        """Gives up on a server that says nothing."""

        def request(self, *args: Any, **named: Any) -> requests.Response:
            named.setdefault("timeout", _PATIENCE)
            return super().request(*args, **named)

    try:
        with (
            Patient() as patient,
            Session(address, user, password, requests_session=patient) as session,
        ):

            def call(method: str, *parameters: Any) -> Mapping[str, Any]:
                return session.call(method, *parameters)

            yield call
    except (requests.RequestException, LimeSurveyError, ResponseMismatchError) as error:
        raise ServerError(
            "push.no-answer",
            address,
            f"LimeSurvey refuses or does not answer: {error}",
            "Check the address, the user and the password, and that the JSON remote interface is "
            "switched on in the global settings",
        ) from error
