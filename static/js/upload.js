// Sending a large file: dropping it, and how far it is. Without this script the form sends it all the same.
"use strict";

(function () {
  const words = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

  function drop(zone) {
    const input = zone.querySelector('input[type="file"]');
    const hint = zone.querySelector("[data-drop-hint]");
    if (!input) return;
    if (hint) hint.hidden = false;
    ["dragenter", "dragover"].forEach((name) =>
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.dataset.over = "";
      }),
    );
    ["dragleave", "drop"].forEach((name) => zone.addEventListener(name, () => delete zone.dataset.over));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  function shown(form) {
    const place = form.querySelector("[data-upload-progress]");
    const bar = document.createElement("progress");
    const text = document.createElement("p");
    bar.setAttribute("aria-label", form.dataset.words);
    place.className = "progress";
    place.replaceChildren(text, bar);
    place.hidden = false;
    return {
      at: (sent, total) => {
        bar.max = total;
        bar.value = sent;
        text.textContent = `${form.dataset.words}: ${words(sent)} / ${words(total)}`;
      },
      over: () => {
        bar.removeAttribute("value");
        text.textContent = form.dataset.reading;
      },
      failed: () => {
        bar.remove();
        text.className = "field-error";
        text.textContent = form.dataset.failed;
      },
    };
  }

  function send(form) {
    const request = new XMLHttpRequest();
    const progress = shown(form);
    const button = form.querySelector("button");
    button.disabled = true;
    const failed = () => {
      button.disabled = false;
      progress.failed();
    };
    request.upload.addEventListener("progress", (event) => progress.at(event.loaded, event.total));
    request.upload.addEventListener("load", progress.over);
    request.addEventListener("error", failed);
    request.addEventListener("load", () => {
      if (request.status < 400) {
        location.assign(request.responseURL); // the portal has led on to the next page
        return;
      }
      const answer = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("#content");
      if (!answer) return failed();
      document.querySelector("#content").replaceWith(answer);
      start(answer);
      const summary = answer.querySelector(".error-summary");
      if (summary) summary.focus();
    });
    request.open("POST", form.action);
    request.send(new FormData(form));
  }

  function start(root) {
    root.querySelectorAll("[data-drop]").forEach(drop);
    root.querySelectorAll("form[data-upload]").forEach((form) =>
      form.addEventListener("submit", (event) => {
        const input = form.querySelector('input[type="file"]');
        if (!input || !input.files.length) return;
        event.preventDefault();
        send(form);
      }),
    );
  }

  start(document);
  document.addEventListener("htmx:afterSwap", (event) => start(event.detail.target));
})();
