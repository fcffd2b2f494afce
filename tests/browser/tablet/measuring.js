// What a gloved finger and a tired eye need, measured on the page as it stands. Returns sentences.
() => {
  const SMALLEST = 48;
  const APART = 12;
  const faults = [];
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    const visible = element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
    return box.width > 1 && box.height > 1 && visible && !element.closest("[hidden], .visually-hidden");
  };
  const name = (element) => `${element.tagName.toLowerCase()} “${(element.innerText || element.name || "").trim().slice(0, 40)}”`;
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  if (wide > 0) faults.push(`${wide} px scroll sideways`);
  const targets = [...document.querySelectorAll("a, button, summary, select, input:not([type=hidden]), textarea")].filter(seen);
  const boxes = targets.map((element) => element.getBoundingClientRect());
  boxes.forEach((box, index) => {
    if (Math.min(box.width, box.height) < SMALLEST - 0.5)
      faults.push(`${name(targets[index])} is ${Math.round(box.width)} × ${Math.round(box.height)} px`);
    if (box.right > window.innerWidth + 0.5 || box.left < -0.5) faults.push(`${name(targets[index])} leaves the screen`);
    boxes.slice(index + 1).forEach((other, more) => {
      const away = Math.max(other.left - box.right, box.left - other.right, other.top - box.bottom, box.top - other.bottom);
      const inside = targets[index].contains(targets[index + 1 + more]);
      if (!inside && away < APART - 0.5)
        faults.push(`${name(targets[index])} and ${name(targets[index + 1 + more])} are ${Math.round(away)} px apart`);
    });
  });
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    if (!node.parentElement || !seen(node.parentElement)) continue;
    for (const match of node.data.matchAll(/[\p{L}\p{N}]{3,}/gu)) {
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const tops = new Set([...range.getClientRects()].filter((box) => box.width > 0.5).map((box) => Math.round(box.top)));
      if (tops.size > 1) faults.push(`“${match[0]}” breaks over ${tops.size} lines`);
    }
  }
  const cut = [...document.querySelectorAll("main *")].filter(
    (element) => seen(element) && getComputedStyle(element).textOverflow === "ellipsis" && element.scrollWidth > element.clientWidth,
  );
  cut.forEach((element) => faults.push(`${name(element)} is cut off`));
  return [...new Set(faults)];
};
