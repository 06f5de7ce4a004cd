// Light, dark or as the system: kept in a cookie, so that the server draws the page right from the first byte.
import { Controller } from "../vendor/page.js";

const YEAR = 365 * 24 * 3600; // s

export default class Theme extends Controller {
  static targets = ["choice"];

  connect() {
    this.element.hidden = false;
    this.mark();
  }

  choose({ params }) {
    const name = params.name ?? "";
    document.cookie = `okienko_theme=${name}; path=/; max-age=${name ? YEAR : 0}; samesite=lax`;
    if (name) document.documentElement.dataset.theme = name;
    else delete document.documentElement.dataset.theme;
    this.mark();
  }

  mark() {
    const chosen = document.documentElement.dataset.theme ?? "";
    for (const choice of this.choiceTargets) {
      choice.setAttribute("aria-pressed", choice.dataset.themeNameParam === chosen);
    }
  }
}
