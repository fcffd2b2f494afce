// What pages need beyond links and forms. Everything here is a comfort: pages work without it.
"use strict";

(function () {
  const typing = (element) =>
    element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

  // Keys: "/" searches, a number answers, Escape closes menus.
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") closeMenus(null);
    if (typing(event.target) || event.repeat) return;
    if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (search && search.offsetParent) {
        event.preventDefault();
        search.focus();
        search.select();
      }
      return;
    }
    const open = document.querySelector("dialog[open]") || document;
    const target = open.querySelector(`[data-key="${CSS.escape(event.key)}"]:not([disabled])`);
    if (target) {
      event.preventDefault();
      target.click();
    }
  });

  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (menu !== except && !menu.contains(except)) {
        const held = menu.contains(document.activeElement);
        menu.open = false;
        if (held && !except) menu.querySelector("summary").focus();
      }
    });
  }

  document.addEventListener("click", (event) => {
    closeMenus(event.target);
    if (event.target.closest("[data-print]")) {
      window.print();
    }
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog && dialog.showModal) {
        event.preventDefault();
        dialog.showModal();
      }
    }
    if (event.target.closest("[data-close]")) {
      const dialog = event.target.closest("dialog");
      if (dialog) {
        event.preventDefault();
        dialog.close();
      }
    }
    if (event.target.matches("dialog[open]")) {
      const box = event.target.getBoundingClientRect();
      const inside =
        event.clientX >= box.left &&
        event.clientX <= box.right &&
        event.clientY >= box.top &&
        event.clientY <= box.bottom;
      if (!inside) event.target.close();
    }
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest(".toast").remove();
    const copy = event.target.closest("[data-copy]");
    if (copy) copyText(copy);
  });

  async function copyText(button) {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Plain HTTP to a name has no clipboard: the old way still works there.
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    say(button.dataset.copied || "");
  }

  // One live region for what happened without a page.
  function say(text) {
    const region = document.getElementById("live-region");
    if (region) region.textContent = text;
  }

  // A form is sent once. htmx forms are guarded by hx-sync and hx-disabled-elt.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
  });

  // Back from the browser's cache: forms can be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy"));
  });

  // Choices that take effect at once; their button is for browsers without script.
  document.querySelectorAll("[data-autosubmit] [type=submit]").forEach((button) => {
    button.hidden = true;
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form) form.requestSubmit();
  });

  // Messages without an undo go by themselves, unless somebody reads or touches them.
  function settle(toast) {
    if (toast.dataset.settled) return;
    toast.dataset.settled = "yes";
    setTimeout(function leave() {
      if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000);
      else toast.remove();
    }, Number(toast.dataset.seconds) * 1000);
  }
  const settleAll = () => document.querySelectorAll(".toast[data-seconds]").forEach(settle);
  settleAll();
  document.addEventListener("htmx:load", settleAll);

  // What somebody opened stays open when its part of the page is fetched again.
  let opened = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    opened = Array.from(event.detail.target.querySelectorAll("details[id][open]"), (one) => one.id);
  });
  document.addEventListener("htmx:afterSwap", () => {
    opened.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  });

  // What did not arrive is said, not swallowed.
  const failed = () => {
    const sentence = document.body.dataset.failed;
    const area = document.getElementById("messages");
    if (!sentence || !area || area.querySelector("[data-failed]")) return;
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.dataset.failed = "yes";
    toast.dataset.seconds = "12";
    const words = document.createElement("span");
    words.textContent = sentence;
    toast.append(words);
    area.append(toast);
    settle(toast);
  };
  // A refusal comes as a toast of its own (htmx-config puts it into the messages); anything else gets our sentence.
  document.addEventListener("htmx:responseError", (event) => {
    if (!/class="toast/.test(event.detail.xhr.responseText)) failed();
  });
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
})();
