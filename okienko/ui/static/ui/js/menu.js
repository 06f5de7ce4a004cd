// A menu in a popover: opened by the browser, walked by arrows, Home, End and first letters, narrowed by its
// filter field, closed by a choice. Where the browser cannot anchor it to its button, it is placed here.
import { Controller } from "../vendor/page.js";

const ITEMS = "a[href], button:not([disabled]), input:not([type=hidden]), summary";
const PHONE = "(max-width: 720px)";

export default class Menu extends Controller {
  static targets = ["filter"];

  connect() {
    this.on = { toggle: (event) => this.toggled(event), keydown: (event) => this.walk(event), click: (event) => this.chosen(event) };
    for (const [name, does] of Object.entries(this.on)) this.element.addEventListener(name, does);
  }

  disconnect() {
    for (const [name, does] of Object.entries(this.on)) this.element.removeEventListener(name, does);
  }

  toggled(event) {
    const isOpen = event.newState === "open";
    this.button?.setAttribute("aria-expanded", isOpen);
    if (!isOpen) return this.clear();
    if (!CSS.supports("position-area", "block-end")) this.place();
    if (this.hasFilterTarget) return; // it has taken the focus itself
    (this.element.querySelector("[aria-pressed=true], [aria-current]") ?? this.items[0])?.focus();
  }

  walk(event) {
    const { items } = this;
    const at = items.indexOf(document.activeElement);
    const inField = event.target.matches("input:not([type=checkbox], [type=radio])");
    const step = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (step !== undefined && !(inField && ["Home", "End"].includes(event.key))) {
      event.preventDefault();
      items[(step + items.length) % items.length]?.focus();
    } else if (event.key === "Enter" && inField && event.target === this.filterTarget) {
      event.preventDefault();
      items.find((item) => item !== event.target)?.click();
    } else if (event.key.length === 1 && !inField && !event.ctrlKey && !event.metaKey) {
      const letter = event.key.toLowerCase();
      const after = [...items.slice(at + 1), ...items.slice(0, at + 1)];
      after.find((item) => item.textContent.trim().toLowerCase().startsWith(letter))?.focus();
      event.stopPropagation();
    }
  }

  chosen(event) {
    // Afterwards, because a button that loses the focus before its form is sent is no longer the one that was pressed.
    if (event.target.closest("a[href], button:not([data-stays])")) setTimeout(() => this.element.hidePopover());
  }

  filter() {
    if (!this.hasFilterTarget) return;
    const wanted = fold(this.filterTarget.value);
    for (const item of this.element.querySelectorAll(ITEMS)) {
      if (item !== this.filterTarget) item.hidden = !fold(item.textContent).includes(wanted);
    }
  }

  clear() {
    if (this.hasFilterTarget) this.filterTarget.value = "";
    this.filter();
  }

  place() {
    if (matchMedia(PHONE).matches || !this.button) return;
    const { style } = this.element;
    const [button, menu] = [this.button.getBoundingClientRect(), this.element.getBoundingClientRect()];
    const left = this.element.classList.contains("end") ? button.right - menu.width : button.left;
    const below = button.bottom + menu.height < innerHeight;
    style.left = `${Math.max(8, Math.min(left, innerWidth - menu.width - 8))}px`;
    style.top = `${below ? button.bottom : Math.max(8, button.top - menu.height - 8)}px`;
  }

  get button() {
    return document.querySelector(`[popovertarget="${CSS.escape(this.element.id)}"]`);
  }

  get items() {
    return [...this.element.querySelectorAll(ITEMS)].filter((item) => !item.hidden && item.tabIndex >= 0);
  }
}

const fold = (text) => text.trim().toLowerCase().replace(/ł/g, "l").normalize("NFD").replace(/\p{M}/gu, "");
