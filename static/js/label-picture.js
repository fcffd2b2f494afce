// A picture of the part, large: wheel and two fingers make it larger, one finger moves it or draws “here”.
"use strict";

window.labelPicture = (function () {
  const LARGEST = 8;
  const dialog = document.getElementById("label-picture");
  const stage = dialog.querySelector("[data-stage]");
  const image = dialog.querySelector("[data-large]");
  const frame = dialog.querySelector("[data-box]");
  const marking = dialog.querySelector("[data-mark]");
  const fingers = new Map();
  const at = { scale: 1, x: 0, y: 0 };
  let view = "";
  let mark = null;
  let from = null;

  // The picture itself, without the empty room beside it.
  function shownPicture() {
    const whole = image.getBoundingClientRect();
    const scale = Math.min(whole.width / image.naturalWidth, whole.height / image.naturalHeight) || 1;
    const width = image.naturalWidth * scale;
    const height = image.naturalHeight * scale;
    return {
      left: whole.left + (whole.width - width) / 2,
      top: whole.top + (whole.height - height) / 2,
      width,
      height,
    };
  }

  function draw() {
    const most = (size) => (size * (at.scale - 1)) / 2;
    at.x = Math.min(Math.max(at.x, -most(image.clientWidth)), most(image.clientWidth));
    at.y = Math.min(Math.max(at.y, -most(image.clientHeight)), most(image.clientHeight));
    image.style.transform = `translate(${at.x}px, ${at.y}px) scale(${at.scale})`;
    const shown = mark && mark.view === view;
    frame.hidden = !shown;
    if (!shown) return;
    const picture = shownPicture();
    const ground = stage.getBoundingClientRect();
    const [x, y, width, height] = mark.box;
    Object.assign(frame.style, {
      left: `${picture.left - ground.left + x * picture.width}px`,
      top: `${picture.top - ground.top + y * picture.height}px`,
      width: `${width * picture.width}px`,
      height: `${height * picture.height}px`,
    });
  }

  function zoom(factor) {
    const scale = Math.min(LARGEST, Math.max(1, at.scale * factor));
    at.x *= scale / at.scale;
    at.y *= scale / at.scale;
    at.scale = scale;
    draw();
  }

  // Where a finger is, in shares of the picture.
  function share(event) {
    const picture = shownPicture();
    const inside = (value) => Math.min(1, Math.max(0, value));
    return [inside((event.clientX - picture.left) / picture.width), inside((event.clientY - picture.top) / picture.height)];
  }

  const isMarking = () => marking.getAttribute("aria-pressed") === "true";
  const apart = () => {
    const [one, other] = [...fingers.values()];
    return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
  };

  stage.addEventListener("pointerdown", (event) => {
    stage.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, event);
    from = isMarking() && fingers.size === 1 ? share(event) : null;
  });
  stage.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    if (fingers.size === 2) {
      const wide = apart();
      fingers.set(event.pointerId, event);
      zoom(apart() / wide);
      return;
    }
    fingers.set(event.pointerId, event);
    if (from) {
      const [x, y] = share(event);
      const box = [Math.min(x, from[0]), Math.min(y, from[1]), Math.abs(x - from[0]), Math.abs(y - from[1])];
      if (Math.min(box[2], box[3]) > 0.01) mark = { view, box };
    } else {
      at.x += event.clientX - before.clientX;
      at.y += event.clientY - before.clientY;
    }
    draw();
  });
  ["pointerup", "pointercancel"].forEach((name) =>
    stage.addEventListener(name, (event) => {
      fingers.delete(event.pointerId);
      if (from && mark) marking.setAttribute("aria-pressed", "false");
      from = null;
    }),
  );
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2);
    },
    { passive: false },
  );
  marking.addEventListener("click", () => {
    const now = !isMarking();
    if (now) mark = null;
    marking.setAttribute("aria-pressed", String(now));
    draw();
  });
  dialog.querySelector("[data-larger]").addEventListener("click", () => zoom(1.5));
  dialog.querySelector("[data-smaller]").addEventListener("click", () => zoom(1 / 1.5));
  image.addEventListener("load", draw);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-picture]")) event.target.click();
  });
  document.addEventListener("click", (event) => {
    const figure = event.target.closest("[data-picture]");
    if (!figure) return;
    view = figure.dataset.picture;
    Object.assign(at, { scale: 1, x: 0, y: 0 });
    image.src = figure.querySelector("img").src;
    image.alt = figure.querySelector("img").alt;
    dialog.showModal();
    draw();
  });

  return {
    mark: () => mark,
    fresh: () => (mark = null),
  };
})();
