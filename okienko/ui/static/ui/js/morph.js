// Swaps by morphing: what stays the same stays the same element, with its focus, scroll position and text.
// An element with data-keep belongs to the browser's code: it is left alone as long as the new page brings
// the same id with the same data-keep. data-keep="any" on a new element keeps whatever stands in its place.
import { Idiomorph, htmx } from "../vendor/page.js";

const STYLES = { morph: "outerHTML", "morph:outerHTML": "outerHTML", "morph:innerHTML": "innerHTML" };
const OURS = new Set(["open", "aria-busy", "data-busy"]);

const isKept = (old, fresh) => {
  if (!(old instanceof Element && fresh instanceof Element) || old.id !== fresh.id) return false;
  const kept = fresh.getAttribute("data-keep");
  return kept !== null && (kept === "any" || kept === old.getAttribute("data-keep"));
};

function morph(target, content, morphStyle) {
  return Idiomorph.morph(target, content, {
    morphStyle,
    // Nothing inside a field is touched while somebody types in it; a pressed button shows what it has changed.
    ignoreActiveValue: document.activeElement?.matches("input, textarea, select, [contenteditable]"),
    restoreFocus: true,
    callbacks: {
      beforeNodeMorphed: (old, fresh) => !isKept(old, fresh),
      beforeAttributeUpdated: (name, element) =>
        !(OURS.has(name) && (name !== "open" || element.matches("dialog, details"))),
    },
  });
}

// idiomorph's own htmx extension evaluates strings as code, which the content security policy forbids.
htmx.defineExtension("morph", {
  isInlineSwap: (style) => STYLES[style] === "outerHTML",
  handleSwap: (style, target, fragment) => STYLES[style] && morph(target, fragment.children, STYLES[style]),
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  if (!detail.boosted || detail.xhr.getResponseHeader("HX-Reswap")) return;
  detail.swapOverride = "morph:innerHTML";
  document.documentElement.lang = detail.serverResponse.match(/<html lang="([\w-]+)"/)?.[1] ?? document.documentElement.lang;
});
