// Tells the server, and the composers, what has been on the screen. A page in the background has not been seen.
import { Controller } from "../../ui/vendor/page.js";

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

  newestValueChanged() {
    this.dispatch("newest", { detail: { newest: this.newestValue }, target: window });
    this.tell();
  }

  tell() {
    if (document.hidden || this.told === this.newestValue || !this.newestValue) return;
    this.told = this.newestValue;
    const body = new URLSearchParams({ message: this.newestValue });
    const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
    fetch(this.urlValue, { method: "POST", body, headers }).catch(() => (this.told = null));
  }
}
