// Hands one file over and shows how far it is.
import { word } from "./words.js";

/**
 * Posts the file as "file" (and "inline" where it was pasted) and puts the <li> of the answer into the list.
 * Resolves to that <li>; rejects when the server refused it or could not be reached, and takes the line away.
 */
export function upload(file, { to, form, list, isInline }) {
  const waiting = document.createElement("li");
  waiting.className = "file";
  const name = document.createElement("span");
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", word("uploading", { name: file.name }));
  waiting.append(name, bar);
  list.append(waiting);

  const data = new FormData();
  data.append("file", file, file.name);
  if (isInline) data.append("inline", "1");
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", to);
    request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken?.value ?? "");
    request.setRequestHeader("X-Requested-With", "composer");
    request.upload.onprogress = (event) => {
      bar.max = event.total;
      bar.value = event.loaded;
    };
    request.onerror = () => {
      waiting.remove();
      reject(new Error("unreachable"));
    };
    request.onload = () => {
      const item = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("li");
      if (request.status >= 300 || !item) return request.onerror();
      waiting.replaceWith(item);
      resolve(item);
    };
    request.send(data);
  });
}
