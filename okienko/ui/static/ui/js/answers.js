// What becomes of answers that are not simply a new page.
import { htmx } from "../vendor/page.js";
import { toast, word } from "./words.js";

// A form that was not accepted (422) and a change that met a newer one (409) bring what to show.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "(409|422)", swap: true, error: false },
  { code: "...", swap: false, error: true },
];

const failures = { 401: "refused", 403: "refused", 404: "gone" };

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, pathInfo } = event.detail;
  const type = xhr.getResponseHeader("Content-Type") ?? "";
  if (xhr.status === 200 && !type.startsWith("text/html")) {
    // A boosted link led to a file: let the browser fetch it.
    event.detail.shouldSwap = false;
    event.preventDefault();
    location.assign(pathInfo.responsePath ?? pathInfo.requestPath);
  }
});

const isSilent = (event) => event.detail.elt?.hasAttribute?.("data-topic");

document.addEventListener("htmx:responseError", (event) => {
  const { xhr, requestConfig, boosted } = event.detail;
  if (isSilent(event)) return;
  const type = xhr.getResponseHeader("Content-Type") ?? "";
  if (boosted && requestConfig.verb === "get" && type.startsWith("text/html")) {
    location.assign(requestConfig.path); // the error page says more than a line could
  } else {
    toast(word(failures[xhr.status] ?? "failed"), "error");
  }
});
document.addEventListener("htmx:sendError", (event) => {
  if (!isSilent(event)) toast(word("unreachable"), "error");
});
