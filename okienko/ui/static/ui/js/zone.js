// The first run: the time zone that the browser lives in, where it is among the choices.
import { Controller } from "../vendor/page.js";

export default class Zone extends Controller {
  connect() {
    const select = this.element.querySelector("select");
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if ([...select.options].some((option) => option.value === zone)) select.value = zone;
  }
}
