// Shows a password while its eye is pressed in.
import { Controller } from "../vendor/page.js";

export default class Reveal extends Controller {
  static targets = ["button"];

  connect() {
    this.buttonTarget.hidden = false;
  }

  toggle() {
    const field = this.element.querySelector("input");
    const isShown = field.type === "password";
    field.type = isShown ? "text" : "password";
    this.buttonTarget.setAttribute("aria-pressed", isShown);
    field.focus();
  }
}
