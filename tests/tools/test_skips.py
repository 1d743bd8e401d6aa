"""A test that lacks a program says so; on a CI machine that may install packages it fails."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.node import MissingError, skip


@pytest.mark.parametrize(
    ("ci", "may_install", "expected"),
    [("", True, "Skipped"), ("true", True, "Failed"), ("true", False, "Skipped")],
)
def test_a_missing_program_fails_only_where_ci_could_install_it(
    ci: str, may_install: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: name if may_install else None)
    with pytest.raises(BaseException, match="Caddy is not installed") as ended:
        skip(MissingError("Caddy is not installed."))
    assert type(ended.value).__name__ == expected
