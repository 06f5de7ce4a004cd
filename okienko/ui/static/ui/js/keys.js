// The keyboard: an element with data-key="r" (or a sequence, "g m") is pressed by that key. `?` lists them all.
import { Controller } from "../vendor/page.js";

const SEQUENCE = 1200; // ms in which the second key of a sequence has to follow

export default class Keys extends Controller {
  connect() {
    this.typed = "";
    this.onKey = (event) => this.press(event);
    this.onToggle = (event) => event.target.id === "keymap" && event.newState === "open" && this.list();
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("beforetoggle", this.onToggle, true);
  }

  disconnect() {
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("beforetoggle", this.onToggle, true);
  }

  press(event) {
    if (event.defaultPrevented || event.isComposing || event.altKey || isWriting(event.target)) return;
    if (event.ctrlKey || event.metaKey) return this.pressWith(event);
    if (document.querySelector("dialog:modal, .menu:popover-open")) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary, label, select")) return;
    if (event.key.length > 1 && event.key !== "Enter") return;
    clearTimeout(this.timer);
    for (const keys of [`${this.typed} ${event.key}`.trim(), event.key]) {
      const element = this.find(keys);
      if (element) {
        this.typed = "";
        event.preventDefault();
        return this.go(element);
      }
      if (document.querySelector(`[data-key^="${CSS.escape(keys)} "]`)) {
        this.typed = keys;
        this.timer = setTimeout(() => (this.typed = ""), SEQUENCE);
        return;
      }
    }
    this.typed = "";
  }

  /** Keys with Ctrl or ⌘ are written data-key="mod+k". */
  pressWith(event) {
    const element = this.find(`mod+${event.key.toLowerCase()}`);
    if (!element) return;
    event.preventDefault();
    this.go(element);
  }

  find(keys) {
    const all = [...document.querySelectorAll(`[data-key~="${CSS.escape(keys)}"], [data-key="${CSS.escape(keys)}"]`)]
      .filter((element) => element.dataset.key === keys && !element.disabled);
    return all.find((element) => element.checkVisibility?.()) ?? all[0];
  }

  go(element) {
    element.focus(); // so that what it opens gives the focus back to it
    if (!isWriting(element)) element.click();
  }

  list() {
    const seen = new Map();
    for (const element of document.querySelectorAll("[data-key]")) {
      const label = element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim();
      if (label && !seen.has(element.dataset.key)) seen.set(element.dataset.key, label);
    }
    const rows = [...seen].map(([keys, label]) => {
      const [row, name, shown] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
      name.textContent = label;
      keys.replace("mod+", "Ctrl ").split(" ").forEach((each) => {
        const cap = document.createElement("kbd");
        cap.textContent = each === "Enter" ? "↵" : each;
        shown.append(cap, " ");
      });
      row.append(name, shown);
      return row;
    });
    document.getElementById("keymap-list")?.replaceChildren(...rows);
  }
}

const isWriting = (element) =>
  element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
