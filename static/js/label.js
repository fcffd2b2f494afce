// Judging parts: the undo's seconds, the next pictures, and no tap that was meant for the part before.
"use strict";

(function () {
  const SETTLE = 350; // ms after a new part came in which a second tap of the same finger is not an answer
  let fresh = 0;
  let ticking = null;

  // A double tap must not answer the part that has just come.
  document.addEventListener(
    "click",
    (event) => {
      if (event.target.closest(".label-answers .answer") && performance.now() - fresh < SETTLE) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    true,
  );

  function count() {
    clearInterval(ticking);
    const toast = document.querySelector("[data-undo]");
    if (!toast) return;
    let left = Number(toast.dataset.undo);
    ticking = setInterval(() => {
      left -= 1;
      const words = toast.querySelector("[data-left]");
      const form = toast.querySelector("form");
      if (words) words.textContent = `· ${left} s`;
      if (left <= 0) {
        clearInterval(ticking);
        if (form && !form.contains(document.activeElement)) form.remove(); // the words stay where they are
      }
    }, 1000);
  }

  function prefetch() {
    const next = document.querySelector("[data-prefetch]");
    if (!next) return;
    next.dataset.prefetch.split(/\s+/).forEach((url) => (new Image().src = url));
  }

  function say() {
    const region = document.getElementById("live-region");
    const parts = [document.querySelector("[data-said] > span"), document.querySelector("[data-part]")];
    if (region) region.textContent = parts.map((part) => (part ? part.textContent.trim() : "")).join(" ");
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "label") return;
    fresh = performance.now();
    window.scrollTo(0, 0);
    count();
    prefetch();
    say();
  });

  count();
  prefetch();
})();
