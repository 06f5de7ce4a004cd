// What every page loads: htmx, the morphing that js/morph.js hands to it, and Stimulus.
export { default as htmx } from "htmx.org";
export { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";
export { Application, Controller } from "@hotwired/stimulus";
