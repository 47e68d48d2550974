"""Going through a page by keyboard alone, and what can be seen of the focus."""

from playwright.sync_api import Page

MOST_STOPS = 250
FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const label = one.labels && one.labels.length ? getComputedStyle(one.labels[0], '::before') : null;
  const shows = s => s && ((s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none');
  return {
    at: one.outerHTML.slice(0, 100), body: one === document.body,
    shown: shows(style) || shows(label),
    within: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element that fits the selector has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no stop at {selector}")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """Go to a control and press it; wait for the page that it leads to."""
    tab_to(page, selector)
    page.keyboard.press(key)
    page.wait_for_load_state("load")
