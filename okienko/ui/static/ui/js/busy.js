// Waiting is honest: after a third of a second the page shows that something is on its way, and a form that
// was sent cannot be sent again meanwhile.
import { Controller } from "../vendor/page.js";

const AFTER = 300; // ms

export default class Busy extends Controller {
  connect() {
    this.running = 0;
    this.on = {
      "htmx:beforeRequest": (event) => this.begin(event),
      "htmx:afterRequest": (event) => this.end(event),
    };
    for (const [name, does] of Object.entries(this.on)) document.addEventListener(name, does);
  }

  disconnect() {
    for (const [name, does] of Object.entries(this.on)) document.removeEventListener(name, does);
  }

  begin({ detail }) {
    if (detail.elt.hasAttribute("data-topic")) return;
    this.running += 1;
    this.timer ??= setTimeout(() => document.documentElement.setAttribute("data-busy", ""), AFTER);
    if (detail.elt.matches("form")) this.hold(detail.elt, true);
  }

  end({ detail }) {
    if (detail.elt.hasAttribute("data-topic")) return;
    this.running = Math.max(0, this.running - 1);
    if (detail.elt.matches("form")) this.hold(detail.elt, false);
    if (this.running) return;
    clearTimeout(this.timer);
    this.timer = null;
    document.documentElement.removeAttribute("data-busy");
  }

  hold(form, isHeld) {
    for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = isHeld;
  }
}
