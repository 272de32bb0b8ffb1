"""What the annotation page asks a network for, as it is really served."""

import pytest

from tests.factories import AssignmentFactory

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.django_db(transaction=True)]

SIZES = """() => performance.getEntries()
    .filter((entry) => ["navigation", "resource"].includes(entry.entryType))
    .map(({ name, transferSize, encodedBodySize }) => [name, transferSize && encodedBodySize])"""


@pytest.fixture
def opened(stack, browser, client, settings):
    """Return a function that opens a coder's page and says what came from where: how many bytes.

    What the browser had in its own store counts for nothing.
    """
    assignment = AssignmentFactory()
    client.force_login(assignment.coder.user)
    settings.SESSION_COOKIE_NAME = f"sessionid_{stack.port}"
    context = browser.new_context()
    cookie = {"name": f"sessionid_{stack.port}", "url": stack.url}
    context.add_cookies([{**cookie, "value": client.cookies["sessionid"].value}])

    def open_page():
        page = context.new_page()
        page.goto(f"{stack.url}/assignments/{assignment.uuid}/")
        page.locator("#coding[data-ready]").wait_for(state="attached")
        sizes = dict(page.evaluate(SIZES))
        page.close()
        return sizes

    yield open_page
    context.close()


def test_the_page_is_small_and_the_second_time_almost_nothing(opened):
    cold = opened()
    warm = {name: size for name, size in opened().items() if size}

    scripts = sum(size for name, size in cold.items() if name.endswith(".js"))
    assert scripts <= 30_000
    assert sum(cold.values()) <= 150_000
    assert len(cold) <= 25, cold
    assert len(warm) <= 6, warm
