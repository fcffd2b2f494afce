// Sends taps to the portal: in order, each until the portal has confirmed it, one window at a time.
//
// - Every tap carries its own key; the portal counts it once however often it comes.
// - Saved and refused are the portal's own words: a guest network answers 200 too, and a
//   proxy 400 or 413. No answer, one of somebody else or a fault of the portal: the tap stays and is tried again.
//   A refusal stays with its sentence. One that the portal fails on time and again lets those behind it go first.
// - Only taps of the person who is signed in are sent; others wait for theirs.
"use strict";

window.labelSender = function ({ store, person, csrf, renew, changed, saved, heard }) {
  const LONGEST = 15000; // ms for one answer of the portal
  const SLOWEST = 20000; // ms between two attempts
  const FAULTS = 3; // answers of somebody who fails, one behind the other, until the portal counts as away
  const state = { waiting: 0, sending: false, away: false, fault: false, signIn: false, others: [], refused: [] };
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("labels") : null;
  let running = false;
  let again = false;
  let attempts = 0;
  let timer = null;
  let underway = "";

  const headers = () => ({
    "Content-Type": "application/json",
    Accept: "application/json",
    "X-CSRFToken": csrf(),
  });

  async function talk(path, options) {
    try {
      const answer = await fetch(path, { ...options, headers: headers(), signal: AbortSignal.timeout(LONGEST) });
      const type = (answer.headers.get("Content-Type") || "").split(";")[0];
      return { status: answer.status, type, body: (type.endsWith("json") && (await answer.json())) || {} };
    } catch {
      return { status: 0, type: "", body: {} };
    }
  }

  const get = (path) => talk(path, { method: "GET" });
  const post = (path, body) => talk(path, { method: "POST", body: JSON.stringify(body) });

  const send = (tap) =>
    post(`/api/v1/label-requests/${tap.request}/answer/`, {
      key: tap.key,
      ticket: tap.ticket,
      answer: tap.answer,
      reason: tap.reason,
      mark: tap.mark || null,
      seconds: tap.seconds,
      tapped_at: tap.at,
      sent_at: new Date().toISOString(),
    });

  // What an answer means: saved (``mine`` holds of its body), sign-in, refused, or away: not the portal's own word
  // on what was sent. “permission-denied” is one on the page's mark, not on a tap.
  const problemOf = (body) => String(body.type).split("urn:mlops-portal:problem:")[1];
  const isProblem = ({ status, type, body }) =>
    type === "application/problem+json" && body.status === status && Boolean(problemOf(body));

  function meaning({ status, type, body }, mine) {
    if (status >= 200 && status < 300) return type === "application/json" && mine(body) ? "saved" : "away";
    if (type !== "application/problem+json" || body.status !== status) return "away";
    const problem = problemOf(body);
    if (status === 401 || problem === "anothers-answer") return "sign-in";
    if (!problem || problem === "permission-denied" || status >= 500 || [408, 425, 429].includes(status)) return "away";
    return "refused";
  }

  async function sendOne(tap) {
    let answer = await send(tap);
    if (answer.status === 403 && (await renew())) answer = await send(tap); // an old mark, or somebody else's page
    return { tap, answer, means: meaning(answer, (body) => body.id && body.request === tap.request) };
  }

  async function tell() {
    const taps = await store.taps();
    const mine = taps.filter((tap) => tap.person === person().id);
    state.waiting = mine.filter((tap) => !tap.refused).length;
    state.refused = mine.filter((tap) => tap.refused);
    state.others = taps.filter((tap) => tap.person !== person().id && !tap.refused);
    changed({ ...state });
  }

  // With a lock where the browser has one. Without, two windows may send a tap twice, and it counts once.
  const alone = (work) =>
    navigator.locks ? navigator.locks.request("labels-send", work) : work();

  // The next to send: in order, behind the others what failed often, and nothing overtakes an answer about the
  // same part.
  async function following(tried) {
    const mine = (await store.taps()).filter((one) => one.person === person().id && !one.refused);
    const free = mine.filter(
      (one) => !tried.has(one.key) && mine.find((other) => other.request === one.request) === one,
    );
    return free.find((one) => !(one.faults >= FAULTS)) || free[0];
  }

  async function sendAll() {
    const tried = new Set();
    let some = false; // was saved
    let own = true; // the portal itself said that it failed
    for (;;) {
      const tap = await following(tried);
      if (!tap) return tried.size ? (some || own ? "fault" : "away") : "saved";
      if (!(await store.mark(tap, { underway: true }))) continue; // taken back at this moment
      state.sending = true;
      underway = tap.key;
      await tell();
      const { answer, means } = await sendOne(tap);
      state.sending = false;
      underway = "";
      if (means === "saved") await store.forget(tap);
      else if (means === "refused") await store.mark(tap, { refused: answer.body.detail || String(answer.status) });
      else {
        const fault = means === "away" && answer.status >= 500;
        await store.mark(tap, { underway: false, faults: (tap.faults || 0) + fault });
        tried.add(tap.key);
        if (!fault) return means;
        own &&= isProblem(answer);
        if (some || tried.size < FAULTS) continue;
        return own ? "fault" : means;
      }
      some = true;
      state.away = state.signIn = false;
      if (means === "saved") saved(tap, answer.body);
      channel?.postMessage("sent");
      await tell();
    }
  }

  async function run() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    clearTimeout(timer);
    let end = "away";
    try {
      do {
        again = false;
        end = await alone(sendAll);
      } while (again && end === "saved");
    } finally {
      running = false;
    }
    state.away = end === "away";
    state.fault = end === "fault";
    state.signIn = end === "sign-in";
    attempts = end === "saved" ? 0 : attempts + 1;
    if (end === "away" || end === "fault") timer = setTimeout(run, Math.min(SLOWEST, 500 * 2 ** attempts) * (0.5 + Math.random() / 2));
    await tell();
  }

  const now = () => {
    attempts = 0;
    run();
  };
  window.addEventListener("online", now);
  window.addEventListener("pageshow", now);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
  channel?.addEventListener("message", async () => {
    await tell();
    heard(await store.taps());
  });

  return {
    run,
    tell,
    get,
    post,
    meaning,
    sendOne,
    isUnderway: (tap) => underway === tap.key,
    noteTap: () => channel?.postMessage("tapped"),
    // What else the page asked of the portal: "saved" where it answered, "away", or "sign-in".
    reached(means) {
      const back = means === "saved" && (state.away || state.signIn);
      Object.assign(state, { away: means === "away", signIn: means === "sign-in" });
      if (back) now();
      return tell();
    },
  };
};
