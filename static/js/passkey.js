// Passkeys: forms marked with data-passkey ask the device and send what it answers.
//   data-passkey="create" | "get"    what to ask for
//   data-options="id"                a JSON data block of the page with the options, or
//   data-options-url="/…"            where to fetch them
//   data-passkeys-at="https://…"     the address at which passkeys work
//   data-timeout="60000"             after so many milliseconds we give up ourselves; browsers may hang
// The sentences stand in the page (data-text-…), so that they are translated.
"use strict";

(function () {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");

  const withBytes = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  // What the server sends, as the browser wants it
  function prepared(kind, options) {
    const asked = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
    if (kind === "create") {
      asked.user = { ...asked.user, id: bytes(asked.user.id) };
      asked.excludeCredentials = withBytes(asked.excludeCredentials);
    } else {
      asked.allowCredentials = withBytes(asked.allowCredentials);
    }
    return asked;
  }

  // What the device answers, as the server wants it
  function answer(credential) {
    const response = { clientDataJSON: text(credential.response.clientDataJSON) };
    if (credential.response.attestationObject) {
      response.attestationObject = text(credential.response.attestationObject);
      response.transports = credential.response.getTransports ? credential.response.getTransports() : [];
    } else {
      response.authenticatorData = text(credential.response.authenticatorData);
      response.signature = text(credential.response.signature);
      response.userHandle = credential.response.userHandle ? text(credential.response.userHandle) : null;
    }
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  }

  // Why passkeys cannot work on this page at all, or "" where they can
  function hindrance(form) {
    const address = location.hostname;
    const isNumber = /^[\d.]+$/.test(address) || address.includes(":");
    if (!window.isSecureContext || isNumber) return "insecure";
    if (!window.PublicKeyCredential || !navigator.credentials) return "unsupported";
    if (form.dataset.passkeysAt && new URL(form.dataset.passkeysAt).origin !== location.origin) return "elsewhere";
    return "";
  }

  function reason(error, gaveUp) {
    if (gaveUp) return "timeout";
    if (error.name === "InvalidStateError") return "known";
    if (error.name === "SecurityError") return "elsewhere";
    if (error.name === "NotSupportedError" || error.name === "ConstraintError") return "unsupported";
    if (error.name === "NotAllowedError" || error.name === "AbortError") return "refused";
    return "failed";
  }

  function say(form, name) {
    const place = form.querySelector("[data-passkey-message]");
    place.textContent = name ? form.dataset["text" + name[0].toUpperCase() + name.slice(1)] : "";
    place.closest("[data-passkey-notice]").hidden = !name;
  }

  async function optionsOf(form) {
    if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
    const response = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    return (await response.json()).request_options;
  }

  async function ask(form) {
    const kind = form.dataset.passkey;
    const abort = new AbortController();
    let gaveUp = false;
    const clock = setTimeout(() => {
      gaveUp = true;
      abort.abort();
    }, Number(form.dataset.timeout || 60000));
    try {
      const publicKey = prepared(kind, await optionsOf(form));
      const credential = await navigator.credentials[kind]({ publicKey, signal: abort.signal });
      form.elements.credential.value = answer(credential);
      return "";
    } catch (error) {
      return reason(error, gaveUp);
    } finally {
      clearTimeout(clock);
    }
  }

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const button = form.querySelector("button[type=submit]");
    const blocked = hindrance(form);
    if (blocked) {
      button.disabled = true;
      say(form, blocked);
      return;
    }
    form.addEventListener(
      "submit",
      async (event) => {
        if (form.elements.credential.value) return;
        event.preventDefault();
        event.stopImmediatePropagation(); // nothing is sent yet, so nothing may lock the form
        if (form.getAttribute("aria-busy") === "true") return;
        form.setAttribute("aria-busy", "true");
        say(form, "");
        const problem = await ask(form);
        form.removeAttribute("aria-busy");
        if (problem) {
          say(form, problem);
          button.focus();
        } else {
          form.submit();
        }
      },
      true,
    );
  });

  // Coming back with the browser's own button must not send an old signature.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-passkey]").forEach((form) => (form.elements.credential.value = ""));
  });
})();
