// Waiting is honest: after a third of a second the page shows that something is on its way, and a form that
// was sent cannot be sent again meanwhile.
import { Controller } from "../vendor/page.js";

const AFTER = 300; // ms

export default class Busy extends Controller {
  connect() {
    this.running = new Map();
    this.on = {
      "htmx:beforeRequest": (event) => this.begin(event),
      "htmx:afterRequest": (event) => this.end(event),
    };
    for (const [name, does] of Object.entries(this.on)) document.addEventListener(name, does);
  }

  disconnect() {
    for (const [name, does] of Object.entries(this.on)) document.removeEventListener(name, does);
  }

  begin({ detail: { elt, xhr } }) {
    if (elt.hasAttribute("data-topic")) return;
    const form = elt.matches("form") ? elt : null;
    this.running.set(xhr, form);
    this.timer ??= setTimeout(() => document.documentElement.setAttribute("data-busy", ""), AFTER);
    this.hold(form, true);
  }

  // The element may have become another one meanwhile, so a request is known by itself.
  end({ detail: { xhr } }) {
    if (!this.running.has(xhr)) return;
    this.hold(this.running.get(xhr), false);
    this.running.delete(xhr);
    if (this.running.size) return;
    clearTimeout(this.timer);
    this.timer = null;
    document.documentElement.removeAttribute("data-busy");
  }

  hold(form, isHeld) {
    for (const button of form?.querySelectorAll("button:not([type=button])") ?? []) button.disabled = isHeld;
  }
}
