// Short sayings at the bottom of the page. They leave by themselves, but not under the pointer or the focus.
import { Controller } from "../vendor/page.js";

const SHOWN = { "": 5000, error: 10000 }; // ms

export default class Toast extends Controller {
  static targets = ["item"];

  itemTargetConnected(item) {
    const leave = () => (item.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : item.remove());
    setTimeout(leave, item.dataset.level === "error" ? SHOWN.error : SHOWN[""]);
  }

  /** On a "toast" event of the window (or the HX-Trigger header {"toast": {"text": …, "level": …}}). */
  show({ detail }) {
    const item = document.createElement("div");
    item.className = "toast";
    item.dataset.toastTarget = "item";
    item.dataset.level = detail.level ?? "";
    item.textContent = detail.text ?? detail.value;
    this.element.append(item);
  }
}
