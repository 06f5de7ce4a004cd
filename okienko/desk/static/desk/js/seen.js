// Tells the server, and the composers, what has been on the screen; a page in the background has not been seen.
// Who reads at the end of the history, or has just sent something, stays at its end when more comes.
import { Controller } from "../../ui/vendor/page.js";

const NEAR = 48; // px from the end that still count as the end

export default class Seen extends Controller {
  static values = { newest: Number, url: String };

  initialize() {
    this.onVisible = () => this.tell();
  }

  connect() {
    document.addEventListener("visibilitychange", this.onVisible);
  }

  disconnect() {
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  newestValueChanged(newest, before) {
    this.dispatch("newest", { detail: { newest }, target: window });
    this.tell();
    if (before && this.isAtEnd) this.element.scrollTop = this.element.scrollHeight;
  }

  scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    this.isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
  }

  follow() {
    this.isAtEnd = true;
  }

  tell() {
    if (document.hidden || this.told === this.newestValue || !this.newestValue) return;
    this.told = this.newestValue;
    const body = new URLSearchParams({ message: this.newestValue });
    const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
    fetch(this.urlValue, { method: "POST", body, headers }).catch(() => (this.told = null));
  }
}
