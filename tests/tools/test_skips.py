"""A test that lacks a program is skipped; on a CI machine that can install packages it fails."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.node import MissingError, skip


@pytest.mark.parametrize(
    ("ci", "can_install", "expected"),
    [("", True, "Skipped"), ("true", True, "Failed"), ("true", False, "Skipped")],
)
def test_missing_program_fails_a_test_only_if_ci_can_install_it(
    ci: str, can_install: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: name if can_install else None)
    with pytest.raises(BaseException, match="Caddy is not installed") as ended:
        skip(MissingError("Caddy is not installed."))
    assert type(ended.value).__name__ == expected
