// The page: files in, outcome out; nothing leaves it.

if (typeof document !== "undefined") {
  const form = document.querySelector("form"), rows = document.querySelector("tbody"), last = document.querySelector("output");
  const meaning = {
    good: "Nothing is wrong with this export, as far as it is rooted.",
    plant: "The export is what the log says. The log tells of a fault of the plant: see PLANT.",
    tampered: "Do not rely on this export.",
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    rows.replaceChildren();
    last.textContent = "Reading …";
    const chosen = (name) => form.elements[name].files[0];
    const kept = chosen("checkpoint"), root = form.elements.root.value.trim(), key = form.elements.key.value.trim();
    const bytes = new Uint8Array(await chosen("export").arrayBuffer());
    const found = await verifyExport(bytes, { root, key, witnesses: Number(form.elements.witnesses.value), checkpoint: kept ? await kept.text() : "" });
    for (const one of found.outcome) {
      const row = rows.insertRow();
      row.className = one.word;
      for (const text of [one.word, one.name, one.text]) row.insertCell().textContent = text;
    }
    last.textContent = meaning[found.result];
    last.className = found.result;
  });
}
