import pytest

from annotations.algorithms.devices import device_of

MOZILLA = "Mozilla/5.0"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"


@pytest.mark.parametrize(
    ("said", "device"),
    [
        (f"{MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox Linux"),
        (f"{MOZILLA} (X11; Linux x86_64) {CHROME} Safari/537.36", "Chrome Linux"),
        (
            f"{MOZILLA} (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/140.0",
            "Edge Windows",
        ),
        (f"{MOZILLA} (Linux; Android 15; K) {CHROME} Mobile Safari/537.36", "Chrome Android"),
        (f"{MOZILLA} (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", "Chrome ChromeOS"),
        (f"{MOZILLA} (iPad; CPU OS 18_5 like Mac OS X) FxiOS/140.0 Safari/605", "Firefox iPad"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605", "Safari macOS"),
        (f"{MOZILLA} (Windows NT 10.0) {CHROME} Safari/537.36 OPR/120.0", "Opera Windows"),
        ("curl/8.5.0", " "),
        ("", " "),
    ],
)
def test_a_device_is_told_in_two_words(said, device):
    assert " ".join(device_of(said)) == device
