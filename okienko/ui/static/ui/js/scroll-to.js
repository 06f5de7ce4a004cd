// Opens a timeline at what is new: the message of the address, else the first unread one, else the end.
import { Controller } from "../vendor/page.js";

export default class ScrollTo extends Controller {
  connect() {
    const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const place = (named && this.element.contains(named) && named) || this.element.querySelector("[data-unread]");
    const go = () => {
      this.element.scrollTop = place
        ? place.offsetTop - this.element.offsetTop - 12
        : this.element.scrollHeight;
    };
    go();
    // Frames of mails grow as they load; until the reader scrolls, the place stays put.
    this.watcher = new ResizeObserver(go);
    [...this.element.children].forEach((child) => this.watcher.observe(child));
    for (const by of ["wheel", "touchstart", "keydown", "pointerdown"]) {
      this.element.addEventListener(by, () => this.watcher.disconnect(), { once: true, passive: true });
    }
  }

  disconnect() {
    this.watcher.disconnect();
  }
}
