/**
 * The import page: files can be dropped on the zone, and the zone says which were chosen.
 * Without this module the file input does the same work by itself.
 */

/** Most names that are listed; beyond that a number says enough. */
const LISTED = 12;

/** Let `zone` take dropped files into its input and list what was chosen. */
export function followDropZone(/** @type {HTMLElement} */ zone) {
  const input = zone.querySelector("input[type=file]");
  const list = zone.querySelector("[data-chosen-files]");
  if (!(input instanceof HTMLInputElement) || !(list instanceof HTMLElement)) return;

  const show = () => list.replaceChildren(...chosen(input.files, list));
  for (const type of ["dragenter", "dragover"]) {
    zone.addEventListener(type, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  for (const type of ["dragleave", "drop"]) {
    zone.addEventListener(type, () => zone.classList.remove("is-over"));
  }
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer?.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });
  input.addEventListener("change", show);
}

/** Return one item a file, and how many more there are. */
function chosen(/** @type {FileList | null} */ files, /** @type {HTMLElement} */ list) {
  const names = Array.from(files ?? [], (file) => file.name);
  list.hidden = names.length < 2;
  const shown = names.slice(0, LISTED);
  if (names.length > LISTED) shown.push(`+ ${names.length - LISTED}`);
  return shown.map((name) => {
    const item = document.createElement("li");
    item.textContent = name;
    return item;
  });
}

for (const zone of document.querySelectorAll("[data-drop-zone]")) {
  if (zone instanceof HTMLElement) followDropZone(zone);
}
