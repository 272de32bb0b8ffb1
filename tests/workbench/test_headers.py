"""What an instance that is served over HTTPS tells browsers, by the settings it starts with."""

import json
import os
import subprocess
import sys

from workbench.env import ROOT

ASK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
plain = Client().get("/sign-in/", headers={"host": "workbench.example"})
told = Client().get("/livez", secure=True, headers={"host": "workbench.example"})
print(json.dumps({
    "plain": [plain.status_code, plain.headers.get("Location")],
    "secure": dict(told.headers),
    "hashers": settings.PASSWORD_HASHERS,
    "cookies": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,
                settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE],
}))
"""


def test_over_https_browsers_are_told_to_stay_there(tmp_path):
    variables = {
        "DJANGO_SETTINGS_MODULE": "workbench.settings",
        "WORKBENCH_DATA": str(tmp_path),
        "PUBLIC_URL": "https://workbench.example",
        "LOG_LEVEL": "ERROR",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=True,
    )

    told = json.loads(done.stdout)
    assert told["plain"] == [301, "https://workbench.example/sign-in/"]
    assert told["secure"]["Strict-Transport-Security"] == (
        "max-age=31536000; includeSubDomains; preload"
    )
    assert told["secure"]["Cross-Origin-Opener-Policy"] == "same-origin"
    assert told["hashers"][0].endswith("Argon2PasswordHasher")
    assert told["cookies"] == [True, True, True, "Lax"]
