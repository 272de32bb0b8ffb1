/**
 * A box that ticks all the boxes of its fieldset, and shows whether all of them are ticked.
 */

for (const all of document.querySelectorAll("input[data-ticks-all]")) {
  if (all instanceof HTMLInputElement) follow(all);
}

/** Show the box, and keep it and the others of its fieldset alike. */
function follow(/** @type {HTMLInputElement} */ all) {
  const group = all.closest("fieldset");
  /** @type {NodeListOf<HTMLInputElement> | undefined} */
  const boxes = group?.querySelectorAll("input[type=checkbox][name]");
  if (!group || !boxes) return;
  const others = [...boxes];

  const show = () => {
    const ticked = others.filter((box) => box.checked).length;
    all.checked = ticked === others.length;
    all.indeterminate = ticked > 0 && !all.checked;
  };
  group.addEventListener("change", (event) => {
    if (event.target === all) for (const box of others) box.checked = all.checked;
    else show();
  });
  show();
  all.closest("label")?.removeAttribute("hidden");
}
