// Judging parts: a tap is kept first, the next part is there at once, and the portal hears of it when it can.
"use strict";

(async function () {
  const words = document.getElementById("label-words")?.dataset;
  if (!words) return;
  const SETTLE = 350; // ms after a new part came in which a second tap of the same finger is not an answer
  const UNDO = 10; // seconds
  const BUNDLE = 10; // parts until “thank you”
  const FEW = 4; // parts left when more are fetched
  const LATELY = 30 * 60000; // ms in which a bundle goes on after the page was left

  const box = document.getElementById("label");
  const saidBox = document.querySelector("[data-said]");
  const afterBox = document.querySelector("[data-after]");
  const line = words.line || location.pathname.split("/")[2];
  const store = await window.labelStore.open();
  const me = { id: words.person, name: document.querySelector(".label-name")?.textContent || "" };
  const page = {
    csrf: JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"],
    queue: [],
    current: null,
    shownAt: 0,
    fresh: 0,
    busy: false,
    waiting: 0,
    toast: null,
    hungry: false, // no part is left because the portal does not answer
  };
  let seen = { waiting: 0, sending: false, away: false, fault: false, signIn: false, others: [], refused: [] };

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const one = (n, single, many) => fill(n === 1 ? single : many, { n });
  const element = (tag, css, text) => {
    const made = document.createElement(tag);
    made.className = css;
    if (text) made.textContent = text;
    return made;
  };
  // Random also where the page came over plain HTTP, where randomUUID is not to be had.
  const uuid = () =>
    "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
      (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
    );

  // ---------------------------------------------------------------- how far this bundle is
  const place = `labels:${line}`;
  const shownAtFirst = words.line ? document.querySelector(".label-count progress").max : 0;
  const bundle = { done: 0, of: 0, at: 0, person: "" };
  function keepBundle() {
    bundle.at = Date.now();
    bundle.person = me.id;
    try {
      sessionStorage.setItem(place, JSON.stringify(bundle));
    } catch {
      // it only counts
    }
  }
  try {
    const old = JSON.parse(sessionStorage.getItem(place) || "{}");
    if (old.person === me.id && Date.now() - old.at < LATELY && old.done < old.of) Object.assign(bundle, old);
  } catch {
    // as above
  }

  // ---------------------------------------------------------------- parts
  let loading = Promise.resolve();
  function load(options) {
    loading = loading.then(() => fetchParts(options)); // one after another: each says what the page has
    return loading;
  }

  async function fetchParts({ take = "" } = {}) {
    const have = page.queue.map((task) => task.id).join(",");
    const answer = await sender.get(`/label/${line}/tasks/?have=${have}&take=${take}`);
    const means = sender.meaning(answer, (body) => body.person && Array.isArray(body.held));
    if (means !== "saved") {
      await sender.reached(means === "refused" ? "saved" : means);
      return false;
    }
    const given = answer.body;
    if (me.id && given.person !== me.id) {
      location.reload(); // somebody else signed in: the page is theirs
      return false;
    }
    Object.assign(me, { id: given.person, name: given.name });
    page.csrf = given.csrf;
    page.waiting = given.waiting;
    const answered = new Set((await store.taps()).map((tap) => tap.request));
    const held = new Set(given.held);
    const stale = (await store.tasks()).filter((task) => task.person !== me.id || !held.has(task.id));
    await store.drop(stale.filter((task) => task.id !== page.current?.id)).catch(() => {});
    page.queue = page.queue.filter((task) => held.has(task.id) && !answered.has(task.id));
    const fresh = given.tasks.filter((task) => !answered.has(task.id) && task.id !== page.current?.id);
    fresh.forEach((task) => Object.assign(task, { line, person: me.id, name: me.name, until: given.until }));
    page.queue.push(...fresh);
    page.queue.forEach((task, index) => (task.place = given.held.indexOf(task.id) * 1000 + index));
    await store.keep(page.queue).catch(() => {});
    const again = given.tasks.find((task) => task.id === page.current?.id);
    if (again) Object.assign(page.current, again, { line, person: me.id, name: me.name, until: given.until, place: -1 });
    if (page.current) await store.keep([page.current]).catch(() => {});
    preload();
    await sender.reached("saved");
    return true;
  }

  function fromPage() {
    const form = box.querySelector(".label-answers");
    if (!form) return null;
    const answers = [...form.querySelectorAll(".answer")].map((each) => [each.value, each.textContent.trim()]);
    return {
      id: form.elements.request.value,
      ticket: form.elements.ticket.value,
      part: box.querySelector("[data-part]").dataset.part,
      answers: Object.fromEntries(answers),
      pictures: [...box.querySelectorAll("img")].map((each) => each.getAttribute("src")),
      html: box.innerHTML,
      line,
      person: me.id,
      name: me.name,
      place: -1,
    };
  }

  function preload() {
    const urls = [page.current, ...page.queue].flatMap((task) => task?.pictures || []);
    urls.forEach((url) => (new Image().src = url));
    tellWorker({ pictures: urls });
  }

  function show(task) {
    page.current = task;
    page.fresh = page.shownAt = performance.now();
    if (task) {
      box.innerHTML = task.html;
      window.labelPicture.fresh();
      window.scrollTo(0, 0);
      speak();
    }
    count();
  }

  function count() {
    const counter = document.querySelector(".label-count");
    counter.hidden = !page.current;
    if (!bundle.of) bundle.of = Math.min(BUNDLE, Math.max(page.waiting + 1, shownAtFirst) + page.queue.length);
    bundle.of = Math.max(bundle.of, bundle.done + 1);
    const text = counter.querySelector("[data-count]");
    text.textContent = fill(text.dataset.count, { n: bundle.done + 1, of: bundle.of });
    Object.assign(counter.querySelector("progress"), { max: bundle.of, value: bundle.done });
  }

  async function next() {
    if (bundle.done >= bundle.of && bundle.of) return end();
    const task = page.queue.shift() || null;
    if (task) {
      show(task);
      if (page.queue.length < FEW) load();
      return;
    }
    page.current = null;
    const reached = await load();
    if (page.queue.length) return show(page.queue.shift());
    page.hungry = !reached && seen.away;
    return end(reached ? (bundle.done ? "" : words.nothing) : words.empty);
  }

  function end(sentence = "") {
    page.current = null;
    const card = document.getElementById("label-end").content.cloneNode(true);
    card.querySelector("[data-headline]").textContent =
      sentence || one(bundle.done, words.judgedOne, words.judged);
    card.querySelector("[data-more]").addEventListener("click", () => {
      Object.assign(bundle, { done: 0, of: 0 });
      next();
    });
    box.replaceChildren(card);
    speak();
    count();
    draw(seen);
  }

  function speak() {
    const region = document.getElementById("live-region");
    const parts = [saidBox.querySelector(".toast > span"), box.querySelector("h1")];
    if (region) region.textContent = parts.map((part) => part?.textContent.trim() || "").join(" ");
  }

  // ---------------------------------------------------------------- a tap
  async function judge(answer, reason = "") {
    const task = page.current;
    if (!task || page.busy) return;
    page.busy = true;
    const tap = {
      key: uuid(),
      order: Date.now() + performance.now() / 1e6,
      request: task.id,
      ticket: task.ticket,
      part: task.part,
      answer,
      word: task.answers[answer],
      reason,
      mark: window.labelPicture.mark(),
      line,
      person: me.id,
      name: me.name,
      seconds: (performance.now() - page.shownAt) / 1000,
      at: new Date().toISOString(),
      underway: false,
      refused: "",
    };
    try {
      if (await keepOrSend(tap, task)) {
        bundle.done += 1;
        keepBundle();
        await next();
      }
    } finally {
      page.busy = false;
    }
    sender.noteTap();
    sender.run();
  }

  async function keepOrSend(tap, task) {
    try {
      if (await store.tap(task, tap)) {
        await sender.tell(); // before the next part shows: the badge never says that all is saved while one waits
        toast(tap, task);
        return true;
      }
      notice("elsewhere", words.elsewhere);
      await next();
      return false;
    } catch {
      const { answer, means } = await sender.sendOne(tap); // no room here: the portal must have it now
      if (means === "saved") {
        toast(tap, task);
        settled(tap, answer.body);
        return true;
      }
      notice("full", means === "refused" ? answer.body.detail : words.full);
      return false;
    }
  }

  // ---------------------------------------------------------------- what was said, and undo
  function toast(tap, task) {
    clearInterval(page.toast?.ticking);
    const made = element("div", "toast");
    const text = element("span", "", fill(words.partSaid, { part: tap.part, answer: tap.word }));
    const button = element("button", "button");
    button.type = "button";
    button.dataset.key = "Backspace";
    button.setAttribute("aria-keyshortcuts", "Backspace");
    button.append(words.undo, " ", element("span", "label-left", `· ${UNDO} s`));
    made.append(text, button);
    saidBox.replaceChildren(made);
    afterBox.replaceChildren();
    let left = UNDO;
    const ticking = setInterval(() => {
      left -= 1;
      button.lastChild.textContent = `· ${left} s`;
      if (left > 0) return;
      clearInterval(ticking);
      if (document.activeElement !== button) button.remove(); // the words stay where they are
    }, 1000);
    page.toast = { tap, task, text, made, ticking, label: null };
    button.addEventListener("click", () => takeBack(tap, task));
  }

  function settled(tap, body) {
    const shown = page.toast;
    if (body.clock_off) clockNotice(body.clock_off);
    if (shown?.tap.key !== tap.key) return;
    shown.label = body.id;
    shown.text.textContent = body.said;
    if (body.reasons?.length) afterBox.replaceChildren(reasons(body));
  }

  function reasons(body) {
    const list = element("ul", "label-reasons lines");
    body.reasons.forEach((reason) => {
      const row = element("li", "");
      const button = element("button", "button", words.wrongReason);
      button.type = "button";
      button.addEventListener("click", async () => {
        const answer = await sender.post(`/api/v1/labels/${body.id}/doubt/`, { feature: reason.feature });
        if (answer.status === 204) button.replaceWith(element("span", "muted", words.doubted));
      });
      row.append(element("span", "grow", reason.sentence), button);
      list.append(row);
    });
    return list;
  }

  async function takeBack(tap, task) {
    if (page.busy) return;
    page.busy = true;
    try {
      const shown = page.toast;
      const until = performance.now() + 6000;
      while (!shown.label && performance.now() < until) {
        // on its way: it is saved in a moment, or it comes back and can be taken from what waits
        if (!sender.isUnderway(tap) && (await store.untap(tap, task))) {
          await backTo(task);
          return;
        }
        await new Promise((again) => setTimeout(again, 100));
      }
      const answer = shown.label ? await sender.post(`/api/v1/labels/${shown.label}/undo/`, {}) : { status: 0, body: {} };
      if (answer.status !== 204) {
        shown.text.textContent = answer.body.detail || words.notUndone;
        return;
      }
      await backTo(task);
      await load({ take: task.id });
    } finally {
      page.busy = false;
      sender.noteTap();
      sender.tell();
    }
  }

  async function backTo(task) {
    clearInterval(page.toast.ticking);
    const made = element("div", "toast");
    made.append(element("span", "", words.undone));
    saidBox.replaceChildren(made);
    afterBox.replaceChildren();
    if (page.current) page.queue.unshift(page.current);
    bundle.done = Math.max(0, bundle.done - 1);
    keepBundle();
    show(task);
  }

  // ---------------------------------------------------------------- what the page says of itself
  const notices = new Map();
  const narrow = matchMedia("(max-width: 480px)");
  function notice(key, text, tone = "caution", action = null) {
    // on a phone they stand above the answers: what moves under a finger is not tapped
    if (narrow.matches && (notices.get(key)?.firstChild.textContent || "") !== (text || "")) page.fresh = performance.now();
    if (!text) notices.delete(key);
    else {
      const made = element("div", `notice notice-${tone}`);
      made.append(element("p", "grow", text));
      if (action) made.append(action);
      notices.set(key, made);
    }
    document.querySelector("[data-notices]").replaceChildren(...notices.values());
  }

  function clockNotice(seconds) {
    const minutes = Math.round(Math.abs(seconds) / 60);
    const off = minutes < 120 ? fill(words.minute, { n: minutes }) : fill(words.hour, { n: Math.round(minutes / 60) });
    notice("clock", fill(words.clock, { off }));
  }

  function badge(state) {
    const pill = document.querySelector("[data-badge]");
    const n = state.waiting;
    const [tone, text] = state.refused.length
      ? ["caution", fill(words.notTaken, { n: state.refused.length })]
      : n === 0
        ? ["good", words.saved]
        : state.away || state.signIn || state.fault
          ? ["caution", fill(words.waiting, { n })]
          : ["info", fill(words.sending, { n })];
    pill.className = `pill pill-${tone}`;
    pill.hidden = false; // until here nobody knew what waits on this device
    pill.lastChild.textContent = text;
    pill.querySelector(".icon")?.toggleAttribute("hidden", tone !== "good");
  }

  function draw(state) {
    seen = state;
    badge(seen);
    notice("away", seen.away && !seen.signIn ? words.offline : "", "info");
    notice("fault", seen.fault && seen.waiting ? words.fault : "");
    let enter = null;
    if (seen.signIn) {
      enter = element("a", "button button-primary button-big", words.signInButton);
      enter.href = `${words.signIn}?next=${encodeURIComponent(`/label/${line}/`)}`;
    }
    notice("sign-in", seen.signIn ? words.signInWords : "", "caution", enter);
    const names = [...new Set(seen.others.map((tap) => tap.name))];
    notice("others", names.map((name) => {
      const n = seen.others.filter((tap) => tap.name === name).length;
      return fill(n === 1 ? words.otherOne : words.other, { n, name });
    }).join(" "));
    const sentences = seen.refused.map((tap) => fill(words.refused, { part: tap.part, why: tap.refused }));
    let close = null;
    if (sentences.length) {
      close = element("button", "button", words.close);
      close.type = "button";
      close.addEventListener("click", async () => {
        for (const tap of seen.refused) await store.forget(tap);
        sender.tell();
      });
    }
    notice("refused", sentences.join(" "), "caution", close);
    const last = box.querySelector(".label-end [data-line]");
    if (last) last.textContent = seen.waiting ? words.someWait : words.allSaved;
    if (page.hungry && !seen.away && !page.current && !page.busy) {
      page.hungry = false;
      next();
    }
  }

  // ---------------------------------------------------------------- wiring
  const sender = window.labelSender({
    store,
    person: () => me,
    csrf: () => page.csrf,
    renew: () => load(),
    changed: draw,
    saved: settled,
    heard: async (taps) => {
      if (!page.busy && page.current && taps.some((tap) => tap.request === page.current.id)) await next();
    },
  });

  document.addEventListener(
    "click",
    (event) => {
      if (event.target.closest(".label-answers .answer") && performance.now() - page.fresh < SETTLE) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    true,
  );

  const why = document.getElementById("label-why");
  box.addEventListener("submit", (event) => {
    if (!event.target.matches(".label-answers")) return;
    event.preventDefault();
    event.stopPropagation();
    const answer = event.submitter?.value;
    if (answer === "cant_tell") why.showModal();
    else if (answer) judge(answer);
  });
  why.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-reason]");
    if (!chosen) return;
    why.close();
    judge("cant_tell", chosen.dataset.reason);
  });

  // Who signs out leaves no part behind; taps stay until they are sent, and belong to their person. Where the
  // portal does not answer nobody is signed out, and the parts stay too.
  document.querySelector(".label-person")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    await load(); // the newest mark
    const answer = await fetch(event.target.action, {
      method: "POST",
      headers: { "X-CSRFToken": page.csrf },
      signal: AbortSignal.timeout(15000),
    }).catch(() => null);
    if (!answer?.ok || !answer.redirected) return notice("leave", words.notLeft);
    await store.drop(await store.tasks()).catch(() => {});
    tellWorker({ pictures: [] });
    sessionStorage.removeItem(place);
    location.assign(answer.url);
  });

  document.body.addEventListener(`live:labels:${line}`, async () => {
    if (page.current || bundle.done || page.busy) return;
    if ((await load()) && page.queue.length) next();
  });

  let worker = null;
  function tellWorker(message) {
    worker?.postMessage(message);
  }
  async function startWorker() {
    if (!("serviceWorker" in navigator) || !window.isSecureContext) return notice("worker", words.noWorker, "info");
    try {
      const made = await navigator.serviceWorker.register(words.worker, { scope: "/label/" });
      await navigator.serviceWorker.ready;
      worker = made.active;
      const looks = [...document.querySelectorAll("link[rel=stylesheet], script[src], link[rel=icon]")];
      const icons = document.querySelector("use")?.getAttribute("href").split("#")[0];
      const reply = new MessageChannel();
      const kept = new Promise((yes) => (reply.port1.onmessage = (event) => yes(event.data.kept)));
      const frame = [...looks.map((each) => each.href || each.src), icons].filter(Boolean);
      worker.postMessage({ frame }, [reply.port2]);
      await kept;
    } catch {
      notice("worker", words.noWorker, "info");
    }
  }

  // ---------------------------------------------------------------- begin
  const known = (await store.tasks()).filter((task) => task.line === line && new Date(task.until) > new Date());
  if (!me.id && known.length) Object.assign(me, { id: known[0].person, name: known[0].name });
  const answered = new Set((await store.taps()).map((tap) => tap.request));
  const first = fromPage();
  page.shownAt = performance.now();
  if (first) await store.keep([first]).catch(() => {});
  page.queue = known.filter((task) => task.person === me.id && task.id !== first?.id && !answered.has(task.id));
  if (first && !answered.has(first.id)) {
    page.current = first;
    count();
  }
  sender.run();
  const waitingForParts = load();
  if (!page.current && (first || !words.line)) {
    if (!page.queue.length) await waitingForParts;
    next();
  }
  await waitingForParts;
  if (page.current) count();
  await startWorker();
  preload();
  document.documentElement.dataset.labels = "ready";
})();
