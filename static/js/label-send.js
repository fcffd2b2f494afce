// Sends taps to the portal: in order, each until the portal has confirmed it, one window at a time.
//
// - Every tap carries its own key; the portal counts it once however often it comes.
// - No answer, or a fault of the portal: the tap stays and is tried again. A refusal stays with its sentence.
// - Only taps of the person who is signed in are sent; others wait for theirs.
"use strict";

window.labelSender = function ({ store, person, csrf, renew, changed, saved, heard }) {
  const LONGEST = 15000; // ms for one answer of the portal
  const SLOWEST = 20000; // ms between two attempts
  const state = { waiting: 0, sending: false, away: false, signIn: false, others: [], refused: [] };
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

  async function post(path, body) {
    try {
      const answer = await fetch(path, {
        method: "POST",
        headers: headers(),
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(LONGEST),
      });
      const known = (answer.headers.get("Content-Type") || "").includes("json");
      return { status: answer.status, body: known ? await answer.json() : {} };
    } catch {
      return { status: 0, body: {} };
    }
  }

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

  // What an answer of the portal means: saved, away, sign-in or refused.
  function meaning({ status, body }) {
    if (status >= 200 && status < 300) return "saved";
    if (status === 401 || String(body.type).endsWith(":anothers-answer")) return "sign-in";
    if (status === 0 || status >= 500 || status === 408 || status === 429) return "away";
    return "refused";
  }

  async function sendOne(tap) {
    let answer = await send(tap);
    if (answer.status === 403 && (await renew())) answer = await send(tap); // an old mark, or somebody else's page
    return { tap, answer, means: meaning(answer) };
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

  async function sendAll() {
    for (;;) {
      const tap = (await store.taps()).find((one) => one.person === person().id && !one.refused);
      if (!tap) return "saved";
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
        await store.mark(tap, { underway: false });
        return means;
      }
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
    state.signIn = end === "sign-in";
    attempts = end === "saved" ? 0 : attempts + 1;
    if (end === "away") timer = setTimeout(run, Math.min(SLOWEST, 500 * 2 ** attempts) * (0.5 + Math.random() / 2));
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
    post,
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
