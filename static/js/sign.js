// Signing a decision with a passkey. The challenge is made here, from the statement that this page shows:
// RFC 8785 (its subset without fractions) → DSSE pre-authentication encoding → SHA-256.
// What the server sends must be what the page shows but for the time, and its challenge must be ours.
"use strict";

(function () {
  const TYPE = "application/vnd.in-toto+json";
  const TIMEOUT = 60000; // browsers may hang

  const form = document.querySelector("form[data-sign]");
  if (!form) return;
  const shown = JSON.parse(document.getElementById("sign-data").textContent);
  const comment = form.querySelector("[data-sign-comment]");
  const meaning = document.querySelector("[data-sign-meaning]");

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");

  function canonical(value) {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value !== null && typeof value === "object") {
      const members = Object.keys(value).sort(); // by UTF-16 code units, as RFC 8785 wants
      return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
    }
    if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error("a statement has whole numbers");
    return JSON.stringify(value);
  }

  async function challengeOf(payload) {
    const encoder = new TextEncoder();
    const body = encoder.encode(payload);
    const head = encoder.encode(`DSSEv1 ${TYPE.length} ${TYPE} ${body.length} `);
    const whole = new Uint8Array(head.length + body.length);
    whole.set(head);
    whole.set(body, head.length);
    return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  }

  // The statement that the page shows, with what the person chose, at the server's time
  function expected(verdict, said, time) {
    const predicate = { ...shown.statement.predicate, verdict, comment: said, time, meaning: shown.meanings[verdict] };
    return canonical({ ...shown.statement, predicate });
  }

  function say(name, sentence) {
    const place = form.querySelector("[data-passkey-message]");
    place.textContent = sentence || (name ? form.dataset["text" + name[0].toUpperCase() + name.slice(1)] : "");
    place.closest("[data-passkey-notice]").hidden = !place.textContent;
  }

  function hindrance() {
    const isNumber = /^[\d.]+$/.test(location.hostname) || location.hostname.includes(":");
    if (!window.isSecureContext || isNumber) return "insecure";
    if (!window.PublicKeyCredential || !navigator.credentials) return "unsupported";
    return shown.origins.includes(location.origin) ? "" : "elsewhere";
  }

  function reason(error, gaveUp) {
    if (gaveUp) return "timeout";
    if (error.name === "SecurityError") return "elsewhere";
    if (error.name === "NotSupportedError") return "unsupported";
    if (error.name === "NotAllowedError" || error.name === "AbortError") return "refused";
    return "failed";
  }

  async function fresh(verdict, said) {
    const query = new URLSearchParams({ verdict, comment: said });
    const response = await fetch(`${form.dataset.statementUrl}?${query}`, { headers: { Accept: "application/json" } });
    const body = await response.json();
    return response.ok ? { asked: body } : { sentence: body.detail };
  }

  async function signed(challenge) {
    const abort = new AbortController();
    let gaveUp = false;
    const clock = setTimeout(() => {
      gaveUp = true;
      abort.abort();
    }, TIMEOUT);
    try {
      const publicKey = {
        challenge,
        rpId: shown.rp_id,
        allowCredentials: shown.credentials.map((id) => ({ type: "public-key", id: bytes(id) })),
        userVerification: "required",
        timeout: TIMEOUT,
      };
      const found = await navigator.credentials.get({ publicKey, signal: abort.signal });
      return {
        envelope: {
          kind: "passkey",
          credential_id: text(found.rawId),
          authenticator_data: text(found.response.authenticatorData),
          client_data: text(found.response.clientDataJSON),
          signature: text(found.response.signature),
        },
      };
    } catch (error) {
      return { problem: reason(error, gaveUp) };
    } finally {
      clearTimeout(clock);
    }
  }

  async function sign(verdict) {
    const said = comment.value.replace(/\r\n?/g, "\n").trim();
    if (verdict !== "approve" && !said) {
      comment.focus();
      return say("comment");
    }
    const { asked, sentence } = await fresh(verdict, said);
    if (!asked) return say("", sentence);
    const payload = expected(verdict, said, asked.statement.predicate.time);
    const challenge = await challengeOf(payload);
    if (payload !== asked.canonical || text(challenge) !== asked.challenge) return say("changed");
    meaning.textContent = `“${shown.meanings[verdict]}”`;
    const { envelope, problem } = await signed(challenge);
    if (problem) return say(problem);
    form.elements.statement.value = payload;
    form.elements.envelope.value = JSON.stringify(envelope);
    form.submit();
  }

  const blocked = hindrance();
  if (blocked) {
    form.querySelectorAll("button[type=submit]").forEach((button) => (button.disabled = true));
    say(blocked);
    return;
  }
  form.addEventListener(
    "submit",
    async (event) => {
      event.preventDefault();
      event.stopImmediatePropagation(); // nothing is sent yet, so nothing may lock the form
      if (form.getAttribute("aria-busy") === "true") return;
      form.setAttribute("aria-busy", "true");
      say("");
      try {
        await sign(event.submitter ? event.submitter.value : "approve");
      } catch {
        say("failed");
      }
      form.removeAttribute("aria-busy");
    },
    true,
  );
})();
