// Dialogs: the browser opens and closes them (command, commandfor); a press beside one closes it too.
import { Controller } from "../vendor/page.js";

// Browsers that do not know invoker commands yet.
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[command=show-modal]");
    if (button) document.getElementById(button.getAttribute("commandfor"))?.showModal();
  });
}

export default class Dialog extends Controller {
  connect() {
    this.onClick = (event) => event.target === this.element && this.element.close();
    this.element.addEventListener("click", this.onClick);
  }

  disconnect() {
    this.element.removeEventListener("click", this.onClick);
  }

  close() {
    this.element.close();
  }
}
