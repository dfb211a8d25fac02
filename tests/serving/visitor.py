"""Somebody at a browser, without the browser: signs in through the form as it stands."""

import json
import ssl
from pathlib import Path
from typing import Any

import httpx
from bs4 import BeautifulSoup


def demo_accounts(home: Path) -> list[dict[str, Any]]:
    """The accounts the demonstration city was made with."""
    accounts: list[dict[str, Any]] = []

    def collect(value: object) -> None:
        if isinstance(value, dict):
            if "login" in value and "password" in value:
                accounts.append(value)
            else:
                for part in value.values():
                    collect(part)
        elif isinstance(value, list):
            for part in value:
                collect(part)

    collect(json.loads((home / "demo-accounts.json").read_text(encoding="utf-8")))
    assert accounts
    return accounts


def visitor(origin: str, *, certificate: Path | None = None) -> httpx.Client:
    """A client that keeps cookies, asks for compressed answers, and goes straight to the service."""
    context = ssl.create_default_context(cafile=str(certificate)) if certificate else True
    return httpx.Client(
        base_url=origin,
        verify=context,
        trust_env=False,
        timeout=20,
        headers={"Accept-Encoding": "gzip, br", "Accept-Language": "ja"},
    )


def sign_in(client: httpx.Client, login: str, password: str) -> httpx.Response:
    """Fill in the sign-in form and follow to the first page."""
    page = client.get("/login")
    assert page.status_code == 200, page.text
    form = BeautifulSoup(page.text, "html.parser").find("form", attrs={"method": "post"})
    assert form is not None
    fields: dict[str, str] = {}
    for field in form.find_all("input"):
        name, kind = str(field.get("name") or ""), str(field.get("type") or "text")
        if kind == "hidden":
            fields[name] = str(field.get("value") or "")
        elif kind == "password":
            fields[name] = password
        elif kind == "text":
            fields[name] = login
    answer = client.post(
        "/login", data=fields, headers={"Origin": str(client.base_url).rstrip("/"), "Referer": str(page.url)}
    )
    assert answer.status_code == 302, answer.text
    return client.get(answer.headers["Location"], follow_redirects=True)
