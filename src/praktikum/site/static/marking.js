// Keys for marking by hand. Without this file the page works by its form alone.
"use strict";

const form = document.getElementById("mark");
const points = document.getElementById("id_points");
const comment = document.getElementById("id_comment");

const isTyping = (element) =>
  element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

const actions = {
  p: () => points.select(),
  c: () => comment.focus(),
  f: () => { points.value = points.max; points.focus(); },
  z: () => { points.value = "0"; points.focus(); },
};

// On a Cyrillic keyboard the key of P types З: there it is known by its place.
const letterOf = (event) => {
  const typed = event.key.toLowerCase();
  return typed in actions ? typed : event.code.replace(/^Key/, "").toLowerCase();
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.elements.namedItem("next"));
    return;
  }
  if (event.key === "Escape" && isTyping(event.target)) {
    event.target.blur();
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
  const snippet = form.querySelectorAll("[name=snippets]")[Number(event.key) - 1];
  const action = snippet ? () => snippet.click() : actions[letterOf(event)];
  if (!action) return;
  event.preventDefault();
  action();
});
