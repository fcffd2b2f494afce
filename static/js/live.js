// Live pages. The server says only that a topic changed; htmx then fetches the parts that show it.
//
// - The topics of the page stand in data-live attributes, separated by spaces.
// - A change dispatches "live:<topic>" on the body: hx-trigger="live:<topic> from:body".
// - Nothing moves under a finger: a part in which something has the focus, is touched or is selected
//   waits until it is let go.
// - After a lost connection everything is fetched again, and until then the page says how old it is.
"use strict";

(function () {
  if (!document.querySelector("[data-live]")) return;

  const PING = 25000; // ms between pings
  const DEAD = 12000; // ms without an answer
  const SLOWEST = 30000; // ms between two attempts
  const SAID_AFTER = 3000; // ms before the page says that the connection is lost
  const SPREAD = 250; // ms over which the browsers of a plant spread one refresh

  let socket = null;
  let attempts = 0;
  let wasOpen = false;
  let lostSince = null;
  let sayTimer = null;
  let retryTimer = null;
  let deadTimer = null;
  let known = "";

  // ---------------------------------------------------------------- what the page shows
  const topics = () => {
    const found = new Set();
    document.querySelectorAll("[data-live]").forEach((part) => {
      part.dataset.live.split(/\s+/).forEach((topic) => topic && found.add(topic));
    });
    return [...found].sort();
  };

  function subscribe() {
    if (!socket || socket.readyState !== WebSocket.OPEN) return;
    const now = topics();
    if (now.join(" ") === known) return;
    known = now.join(" ");
    socket.send(JSON.stringify({ topics: now }));
  }

  const due = new Map();
  function refresh(topic) {
    if (due.has(topic)) return; // one refresh for a burst of changes; it starts after the last of them is seen
    const wait = 50 + Math.random() * SPREAD;
    due.set(
      topic,
      setTimeout(() => {
        due.delete(topic);
        document.body.dispatchEvent(new CustomEvent(`live:${topic}`));
      }, wait),
    );
  }

  // ---------------------------------------------------------------- nothing moves under a finger
  const waiting = new Map();
  let pressed = null;

  function held(part) {
    if (pressed && part.contains(pressed)) return true;
    const focused = document.activeElement;
    if (focused && focused !== document.body && part.contains(focused)) return true;
    if (part.querySelector("dialog[open], details.menu[open]")) return true;
    const selection = document.getSelection();
    return Boolean(selection && !selection.isCollapsed && selection.anchorNode && part.contains(selection.anchorNode));
  }

  const liveEvent = (detail) => {
    const event = detail.requestConfig && detail.requestConfig.triggeringEvent;
    return event && event.type.startsWith("live:") ? event.type : null;
  };

  function postpone(event, name) {
    waiting.set(event.detail.elt, name);
    event.preventDefault();
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    const name = liveEvent(event.detail);
    if (name && held(event.detail.elt)) postpone(event, name);
    // What asks by the clock asks again soon; it only must not pull a button from under the finger.
    const asked = event.detail.requestConfig.triggeringEvent;
    if (!asked && pressed && event.detail.elt.contains(pressed)) event.preventDefault();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const name = liveEvent(event.detail);
    if (name && held(event.detail.target)) {
      event.detail.shouldSwap = false;
      waiting.set(event.detail.elt, name);
    }
  });

  function release() {
    waiting.forEach((name, part) => {
      if (!part.isConnected) waiting.delete(part);
      else if (!held(part)) {
        waiting.delete(part);
        refresh(name.slice("live:".length));
      }
    });
  }

  document.addEventListener("pointerdown", (event) => (pressed = event.target), true);
  ["pointerup", "pointercancel"].forEach((name) =>
    document.addEventListener(
      name,
      () => {
        pressed = null;
        setTimeout(release, 300); // the click comes after the finger
      },
      true,
    ),
  );
  ["focusout", "close", "toggle", "selectionchange"].forEach((name) =>
    document.addEventListener(name, () => waiting.size && setTimeout(release, 300), true),
  );

  // ---------------------------------------------------------------- the connection
  function say() {
    const line = document.getElementById("connection");
    if (!line) return;
    line.hidden = !lostSince;
    if (lostSince) {
      const time = lostSince.toLocaleTimeString(document.documentElement.lang || undefined, {
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      });
      const words = line.querySelector("[data-words]") || line;
      words.textContent = (line.dataset.lost || "{time}").replace("{time}", time);
    }
  }

  function watch(mine, wait) {
    clearTimeout(deadTimer);
    deadTimer = setTimeout(() => lost(mine), wait);
  }

  function lost(mine) {
    if (mine !== socket) return;
    clearTimeout(deadTimer);
    socket = null;
    mine.close(); // a line that died without a word closes only after a minute: do not wait for it
    if (!lostSince) {
      lostSince = new Date();
      sayTimer = setTimeout(say, SAID_AFTER);
    }
    const longest = Math.min(SLOWEST, 1000 * 2 ** attempts);
    attempts += 1;
    retryTimer = setTimeout(connect, longest / 2 + (Math.random() * longest) / 2);
  }

  function connect() {
    clearTimeout(retryTimer);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const mine = (socket = new WebSocket(`${scheme}://${location.host}/ws/live`));
    watch(mine, DEAD);

    mine.addEventListener("open", () => {
      if (mine !== socket) return;
      clearTimeout(deadTimer);
      clearTimeout(sayTimer);
      attempts = 0;
      known = "";
      const again = wasOpen || lostSince;
      wasOpen = true;
      lostSince = null;
      say();
      subscribe();
      if (again) topics().forEach(refresh);
    });

    mine.addEventListener("message", (event) => {
      if (mine !== socket) return;
      clearTimeout(deadTimer);
      const message = JSON.parse(event.data);
      if (message.changed) refresh(message.changed);
    });

    mine.addEventListener("close", () => lost(mine));
  }

  setInterval(() => {
    if (!socket || socket.readyState !== WebSocket.OPEN) return;
    socket.send('{"ping": true}');
    watch(socket, DEAD);
  }, PING);

  const now = () => {
    if (!socket) connect();
  };
  window.addEventListener("online", now);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
  window.addEventListener("pagehide", () => {
    const mine = socket;
    socket = null; // leaving is no lost connection
    if (mine) mine.close();
  });
  window.addEventListener("pageshow", (event) => event.persisted && now());
  document.addEventListener("htmx:load", subscribe);

  connect();
})();
