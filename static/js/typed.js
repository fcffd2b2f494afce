// What somebody typed before their session ended comes back into its form. It is never sent from here.
"use strict";

(function () {
  const notice = document.querySelector("[data-typed]");
  if (!notice) return;
  const kept = JSON.parse(document.getElementById("typed-data").textContent);
  const values = new Map();
  kept.fields.forEach(([name, value]) => values.set(name, [...(values.get(name) || []), value]));

  const pathOf = (address) => new URL(address, location.href).pathname;
  const goesTo = (form) => pathOf(form.getAttribute("hx-post") || form.getAttribute("action") || location.href);
  const fillable = (field) =>
    field.name && !["hidden", "password", "file", "submit", "button", "image", "reset"].includes(field.type);

  function known(form) {
    return Array.from(form.elements).filter((field) => fillable(field) && values.has(field.name)).length;
  }

  function fill(field, given, place) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = given.includes(field.value);
    else if (field.multiple && field.options) {
      Array.from(field.options).forEach((option) => (option.selected = given.includes(option.value)));
    } else if (place < given.length) field.value = given[place];
  }

  const form = Array.from(document.forms)
    .filter((one) => !notice.contains(one) && one.method === "post" && goesTo(one) === pathOf(kept.action))
    .sort((one, other) => known(other) - known(one))[0];
  if (!form) {
    notice.querySelector("[data-typed-there]").hidden = true;
    notice.querySelector("[data-typed-missing]").hidden = false;
    notice.querySelector("details")?.setAttribute("open", "");
    return;
  }
  const places = new Map();
  Array.from(form.elements)
    .filter(fillable)
    .forEach((field) => {
      const place = places.get(field.name) || 0;
      if (field.type !== "radio" && field.type !== "checkbox") places.set(field.name, place + 1);
      fill(field, values.get(field.name) || [], place);
    });
  const mark = document.createElement("input"); // once it is sent, nothing is kept any more
  mark.type = "hidden";
  mark.name = "typed";
  mark.value = notice.dataset.typedName;
  form.append(mark);
  for (let around = form; around; around = around.parentElement) {
    if (around.tagName === "DETAILS") around.open = true;
    if (around.tagName === "DIALOG" && !around.open) around.showModal();
  }
  form.querySelectorAll("details").forEach((folded) => {
    if (Array.from(folded.querySelectorAll("[name]")).some((field) => values.has(field.name))) folded.open = true;
  });
})();
