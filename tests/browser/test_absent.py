"""Where there is no browser the tests say so, and fail where there must be one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("required", [False, True])
def test_tests_without_a_browser_are_skipped_visibly_or_fail_where_it_is_required(required):
    environment = {**os.environ, "PATH": "", "REQUIRE_BROWSER": "1" if required else ""}
    command = [sys.executable, "-m", "pytest", "tests/browser/test_hostile.py", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) is required
    assert ("REQUIRE_BROWSER=1, but none of " if required else "skipped without a browser: none of ") in done.stdout
