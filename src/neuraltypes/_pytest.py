"""The pytest option `--neuraltypes=package,...`: the test run checks every call of those packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option and its configuration key."""
    help_text = "packages whose tensor annotations are checked at each call, separated by commas"
    group = parser.getgroup("neuraltypes")
    group.addoption("--neuraltypes", metavar="PACKAGES", default=None, help=help_text)
    parser.addini("neuraltypes", help_text, default="")


def pytest_configure(config: pytest.Config) -> None:
    """Install the import hook before any test module is imported."""
    given = config.getoption("--neuraltypes")
    packages = str(config.getini("neuraltypes") if given is None else given)
    names = [name.strip() for name in packages.split(",") if name.strip()]
    if not names:
        return
    from neuraltypes._import_hook import install_import_hook

    config.add_cleanup(install_import_hook(*names).uninstall)
