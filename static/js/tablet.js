// A shared tablet: it is given back when nobody touches it, hears a badge scanner on every page, and who went does
// not come back without a PIN, with a network or without one.
//
// - The time of the last touch and the mark that somebody went are kept on the device, so that a page that comes
//   without the portal (service worker) knows them.
// - A scanner types faster than a finger: its keys never reach the buttons of the page.
"use strict";

(function () {
  const here = document.getElementById("tablet-words")?.dataset;
  if (!here) return;
  const IDLE = Number(here.idle) * 1000;
  const EVERY = 2000; // ms between two looks at the clock, and between two attempts without a network
  const GAP = 60; // ms: two keys of a finger are further apart
  const SHORTEST = 4; // characters of a badge
  const TOUCHED = "tablet:touched";
  const GONE = "tablet:gone";
  const lock = document.getElementById("tablet-lock");
  const said = document.getElementById("tablet-said");
  const csrf = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  let locked = false;

  function remember(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch {
      // no room: the portal ends the session all the same
    }
  }
  function known(name) {
    try {
      return localStorage.getItem(name) || "";
    } catch {
      return "";
    }
  }
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const isIdle = () => Date.now() - Number(known(TOUCHED)) > IDLE;
  const send = (url, fields) =>
    fetch(url, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": csrf },
      body: new URLSearchParams(fields),
      signal: AbortSignal.timeout(8000),
    });

  // ---------------------------------------------------------------- nobody is here any more
  async function shut() {
    if (locked) return;
    locked = true;
    remember(GONE, "1");
    [...document.body.children].forEach((each) => each !== lock && (each.inert = true));
    lock.hidden = false;
    lock.querySelector("button").focus();
    await backToPeople();
  }

  let asking = false;
  async function backToPeople() {
    if (asking) return true;
    asking = true;
    try {
      const answer = await send(here.giveBack, {});
      if (answer.status < 500) location.assign(here.url); // 204, or a session that was over
      return answer.status < 500;
    } catch {
      return false;
    } finally {
      asking = false;
    }
  }

  lock.querySelector("button").addEventListener("click", async () => {
    if (!(await backToPeople())) lock.querySelector("[data-words]").textContent = here.stillLost;
  });

  let touchedAt = 0;
  function touch() {
    if (locked || Date.now() - touchedAt < 1000) return;
    touchedAt = Date.now();
    remember(TOUCHED, String(touchedAt));
  }

  const people = location.pathname.startsWith(here.url); // who is here, and the PIN
  function look() {
    if (people) return;
    if (locked) backToPeople();
    else if (isIdle() || (!here.person && known(GONE))) shut();
  }

  if (here.person) remember(GONE, "");
  if (here.person) touch();
  else if (people) remember(GONE, "1");
  look();
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && known(GONE)) location.reload();
  });
  window.addEventListener("storage", (event) => {
    if (event.key === GONE && event.newValue && !people) location.assign(here.url); // given back in another window
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches(`form[action="${here.giveBack}"]`)) remember(GONE, "1");
  }, true);
  ["pointerdown", "keydown"].forEach((kind) => window.addEventListener(kind, touch, true));

  // ---------------------------------------------------------------- a scanner
  let keys = "";
  let timer = 0;
  const isField = (target) => target.matches?.("input, textarea, select");

  function swallow(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  function release() {
    const one = keys;
    keys = "";
    if (one.length !== 1) return;
    const target = document.activeElement || document.body;
    target.dispatchEvent(new KeyboardEvent("keydown", { key: one, bubbles: true, cancelable: true }));
  }

  window.addEventListener(
    "keydown",
    (event) => {
      if (!event.isTrusted || isField(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter" && keys.length >= SHORTEST) {
        clearTimeout(timer);
        const code = keys;
        keys = "";
        swallow(event);
        scanned(code);
        return;
      }
      if (event.key.length !== 1 || event.repeat || (event.key === " " && !keys)) return;
      swallow(event);
      clearTimeout(timer);
      keys += event.key;
      timer = setTimeout(release, GAP);
    },
    true,
  );

  async function scanned(code) {
    try {
      const answer = await send(here.scan, { code, next: people ? "" : location.pathname });
      const body = await answer.json();
      if (answer.ok) {
        remember(GONE, "1");
        location.assign(body.url);
      } else tell(body.detail || here.lost);
    } catch {
      tell(here.lost);
    }
  }

  let quiet = 0;
  function tell(text) {
    clearTimeout(quiet);
    said.textContent = text;
    said.hidden = false;
    quiet = setTimeout(() => (said.hidden = true), 10000);
  }

  // ---------------------------------------------------------------- the PIN, and what waits here
  const pad = document.querySelector("[data-pad]");
  if (pad) {
    const field = document.getElementById("pin");
    pad.hidden = false;
    document.querySelector("[data-without-pad]").hidden = true;
    field.inputMode = "none";
    pad.addEventListener("click", (event) => {
      const digit = event.target.closest("[data-digit]")?.dataset.digit;
      if (digit === undefined) return;
      field.value = digit ? (field.value + digit).slice(0, field.maxLength) : field.value.slice(0, -1);
    });
  }

  const waits = document.getElementById("tablet-waiting");
  if (waits) window.addEventListener("DOMContentLoaded", async () => {
    const taps = (await (await window.labelStore.open()).taps()).filter((tap) => !tap.refused);
    for (const name of new Set(taps.map((tap) => tap.name))) {
      const n = taps.filter((tap) => tap.name === name).length;
      const line = document.createElement("p");
      line.className = "notice notice-info";
      line.textContent = fill(n === 1 ? here.waitsOne : here.waits, { n, name });
      waits.append(line);
    }
  });
})();
