// The pages of judging without a network: the frame, its looks and the pictures of the parts that are kept.
//
// - A page comes from the portal; where that does not answer, the frame comes from here and fills itself.
// - Only what is the portal's is kept: a guest network answers every address with its own page.
// - What lies below /static/ has its content in its name, so it is kept as it is.
// - Pictures are those of the parts that the page names; the others go.
"use strict";

const FRAME = "labels-frame";
const PICTURES = "labels-pictures";
const SHELL = "/label/without-network/";
const PATIENCE = 6000; // ms for a page

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function isOurs(url, answer) {
  if (url === SHELL) return (await answer.clone().text()).includes('id="label-words"');
  return !(answer.headers.get("Content-Type") || "").startsWith("text/html");
}

async function keepFrame(urls) {
  const cache = await caches.open(FRAME);
  const fresh = [SHELL, ...urls];
  await Promise.all(
    fresh.map(async (url) => {
      if (url !== SHELL && (await cache.match(url))) return;
      const answer = await fetch(url, { cache: "no-cache" });
      if (answer.ok && !answer.redirected && (await isOurs(url, answer))) await cache.put(url, answer);
    }),
  );
  const wanted = new Set(fresh.map((url) => new URL(url, self.location).href));
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
}

async function keepPictures(urls) {
  const cache = await caches.open(PICTURES);
  const wanted = new Set(urls.map((url) => new URL(url, self.location).href));
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
  for (const url of wanted) {
    if (await cache.match(url)) continue;
    const answer = await fetch(url);
    if (answer.ok && (await isOurs(url, answer))) await cache.put(url, answer);
  }
}

self.addEventListener("message", (event) => {
  const { frame, pictures } = event.data;
  const work = [];
  if (frame) work.push(keepFrame(frame));
  if (pictures) work.push(keepPictures(pictures));
  event.waitUntil(
    Promise.allSettled(work).then((ends) => {
      const whole = ends.every((end) => end.status === "fulfilled");
      if (event.ports[0]) event.ports[0].postMessage({ kept: whole });
    }),
  );
});

async function page(request) {
  const late = new Promise((_yes, no) => setTimeout(no, PATIENCE));
  try {
    const answer = await Promise.race([fetch(request), late]);
    if (answer.status < 502 || answer.status > 504) return answer;
  } catch {
    // no network, or no portal
  }
  return (await caches.match(SHELL)) || Response.error();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const parts = url.pathname.split("/"); // "", "label", slug, ""
  if (request.mode === "navigate") {
    if (parts[1] === "label" && parts.length === 4) event.respondWith(page(request));
    return;
  }
  if (request.destination === "image" || url.pathname.startsWith("/static/"))
    event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept || fetch(request)));
});
