// The words of words.py, which the page brings as JSON.
/** word("tooLarge", {name: "a.pdf"}): the phrase of that name with its {places} filled. */
export function word(name, places = {}) {
  const known = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
  return (known[name] ?? "").replace(/\{(\w+)\}/g, (_, place) => places[place] ?? "");
}

/** Says a phrase to screen readers, politely. */
export function announce(text) {
  const announcer = document.getElementById("announcer");
  if (announcer && text) announcer.textContent = text;
}

/** Shows a phrase at the bottom of the page for a while; level is "" or "error". */
export function toast(text, level = "") {
  window.dispatchEvent(new CustomEvent("toast", { detail: { text, level } }));
}
