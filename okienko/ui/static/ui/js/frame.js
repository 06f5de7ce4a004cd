// A mail's body in its sandboxed frame of the same origin (sandbox="allow-same-origin": no scripts run in it):
// as tall as what it shows. The page in it needs a doctype; without one its root is as tall as the frame.
import { Controller } from "../vendor/page.js";

export default class Frame extends Controller {
  connect() {
    this.onLoad = () => this.fit();
    this.element.addEventListener("load", this.onLoad);
    if (this.element.contentDocument?.readyState === "complete") this.fit();
  }

  disconnect() {
    this.element.removeEventListener("load", this.onLoad);
    this.watcher?.disconnect();
  }

  fit() {
    const page = this.element.contentDocument?.documentElement;
    if (!page?.querySelector("body")) return;
    this.watcher?.disconnect();
    this.watcher = new ResizeObserver(() => {
      this.element.style.height = `${Math.ceil(page.getBoundingClientRect().height)}px`;
    });
    this.watcher.observe(page);
  }
}
