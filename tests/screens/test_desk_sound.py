"""Starting a desk really sounds, the page waits until it was heard, and whether it can sound is shown."""

from playwright.sync_api import Page, expect

from tests.screens.conftest import Screens, live

TONE_MS = 150
AS_A_BROWSER = """
  // Silent until somebody presses something, as browsers are; keeps what was begun beyond the page.
  const note = (name, by) => { sessionStorage[name] = Number(sessionStorage[name] || 0) + by; };
  window.AudioContext = class extends EventTarget {
    state = "suspended";
    currentTime = 0;
    destination = {};
    constructor() {
      super();
      window.silence = () => {
        this.state = "suspended";
        this.dispatchEvent(new Event("statechange"));
      };
    }
    resume() {
      this.state = "running";
      this.dispatchEvent(new Event("statechange"));
      return Promise.resolve();
    }
    createGain() {
      return { gain: { setValueAtTime() {}, linearRampToValueAtTime() {} }, connect: (to) => to };
    }
    createOscillator() {
      const start = () => {
        const began = performance.now();
        note("tones", 1);
        addEventListener("pagehide", () => note("heard", performance.now() - began));
      };
      return { frequency: {}, connect: (to) => to, start, stop() {} };
    }
  };
"""


def just_opened(screens: Screens, path: str) -> Page:
    """The desk of the back office after its machine was started anew."""
    kept = [c for c in screens.cookies("back-office")["cookies"] if c["expires"] > 0]
    context = screens.browser()
    context.add_cookies(kept)
    page = context.new_page()
    page.add_init_script(AS_A_BROWSER)
    page.goto(screens.server.url + path)
    live(page)
    return page


def test_a_desk_that_is_started_sounds_once_and_shows_that_it_can(screens: Screens) -> None:
    desk = just_opened(screens, "/desk")
    sound = desk.locator("[data-sound]")
    expect(sound).to_have_text("Sound off")
    assert desk.evaluate("sessionStorage.tones") is None
    desk.locator("[data-start-desk]").click()
    expect(sound).to_have_text("Sound on")
    expect(desk.locator("#starting")).to_have_count(0)
    desk.wait_for_function("() => sessionStorage.tones === '1'")


def test_the_page_that_starts_a_desk_stays_until_the_tone_was_heard(screens: Screens) -> None:
    desk = just_opened(screens, "/desk/start")
    desk.locator("[data-start-desk]").press("Enter")
    desk.wait_for_url("**/desk")
    live(desk)
    tones, heard = desk.evaluate("[sessionStorage.tones, Number(sessionStorage.heard)]")
    assert tones == "1"
    assert heard >= TONE_MS


def test_of_two_tabs_the_one_that_can_sound_is_heard_though_the_other_was_there_first(screens: Screens) -> None:
    untouched = just_opened(screens, "/desk")
    touched = untouched.context.new_page()
    touched.add_init_script(AS_A_BROWSER)
    touched.goto(f"{screens.server.url}/desk")
    live(touched)
    touched.keyboard.press("Escape")
    expect(touched.locator("[data-sound]")).to_have_text("Sound on")
    screens.press("desk-1")
    touched.wait_for_function("() => Number(sessionStorage.tones) >= 10")
    assert untouched.evaluate("sessionStorage.tones") is None


def test_a_tab_that_loses_its_sound_leaves_it_to_the_other(screens: Screens) -> None:
    first = just_opened(screens, "/desk")
    first.keyboard.press("Escape")
    second = first.context.new_page()
    second.add_init_script(AS_A_BROWSER)
    second.goto(f"{screens.server.url}/desk")
    live(second)
    second.keyboard.press("Escape")
    expect(second.locator("[data-sound]")).to_have_text("Sound on")
    first.evaluate("window.silence()")
    expect(first.locator("[data-sound]")).to_have_text("Sound off")
    screens.press("desk-1")
    second.wait_for_function("() => Number(sessionStorage.tones) >= 10")
    assert first.evaluate("sessionStorage.tones") is None
