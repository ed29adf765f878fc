"""Reach things as somebody does who has a keyboard only."""

from playwright.sync_api import Locator, Page

FURTHEST = 150


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus."""
    wanted.wait_for()
    for _ in range(FURTHEST):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {wanted}")


def rows(page: Page) -> list[str]:
    """Return what is seen of the requests."""
    found = page.locator("#lines [role=option]").all()
    ordered = sorted(found, key=lambda one: int(one.get_attribute("aria-posinset") or 0))
    return [one.inner_text().replace("\n", " ") for one in ordered]
