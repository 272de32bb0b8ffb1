/**
 * The import page: files and folders can be dropped on the zone, and the zone says what was
 * chosen. Without this module the file input takes files by itself, but no folders.
 */

/** Most names that are listed; beyond that a number says enough. */
const LISTED = 12;

/** A file and its name with the folders it came from. @typedef {{file: File, path: string}} Chosen */

/** Let `zone` take dropped files and folders into its input, and list what was chosen. */
export function followDropZone(/** @type {HTMLElement} */ zone) {
  const input = zone.querySelector("input[name=files]");
  const paths = zone.querySelector("input[name=paths]");
  const list = zone.querySelector("[data-chosen-files]");
  const folder = zone.querySelector("[data-folder]");
  if (!(input instanceof HTMLInputElement) || !(paths instanceof HTMLInputElement)) return;
  if (!(list instanceof HTMLElement)) return;

  const take = (/** @type {Chosen[]} */ chosen) => {
    chosen.sort((one, other) => (one.path < other.path ? -1 : 1));
    const files = new DataTransfer();
    for (const { file } of chosen) files.items.add(file);
    input.files = files.files;
    show(chosen);
  };
  const show = (/** @type {Chosen[]} */ chosen) => {
    paths.value = JSON.stringify(chosen.map(({ path }) => path));
    list.hidden = chosen.length < 2;
    list.replaceChildren(...named(chosen));
  };
  for (const type of ["dragenter", "dragover"]) {
    zone.addEventListener(type, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  for (const type of ["dragleave", "drop"]) {
    zone.addEventListener(type, () => zone.classList.remove("is-over"));
  }
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    const chosen = await dropped(event.dataTransfer);
    if (chosen.length) take(chosen);
  });
  input.addEventListener("change", () => show(of(input.files)));
  if (folder instanceof HTMLElement) offerFolders(folder, take);
}

/** Show the button that chooses a folder, and hand on what is in the folder. */
function offerFolders(
  /** @type {HTMLElement} */ folder,
  /** @type {(chosen: Chosen[]) => void} */ take,
) {
  const input = document.createElement("input");
  input.type = "file";
  input.webkitdirectory = true;
  folder.hidden = false;
  folder.querySelector("button")?.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    if (input.files?.length) take(of(input.files));
  });
}

/** Return the files of an input with their paths, which only a folder's have. */
function of(/** @type {FileList | null} */ files) {
  return Array.from(files ?? [], (file) => ({
    file,
    path: file.webkitRelativePath || file.name,
  }));
}

/** Return what was dropped, folders opened. @returns {Promise<Chosen[]>} */
async function dropped(/** @type {DataTransfer | null} */ transfer) {
  // The entries are gone after the first wait: they are all taken before it.
  const entries = Array.from(transfer?.items ?? [], (item) => item.webkitGetAsEntry?.());
  if (entries.every((entry) => entry?.isFile)) return of(transfer?.files ?? null);
  const found = await Promise.all(entries.map((entry) => (entry ? inside(entry) : [])));
  return found.flat();
}

/** Return the files at or below an entry. @returns {Promise<Chosen[]>} */
async function inside(/** @type {FileSystemEntry} */ entry) {
  if (isFile(entry)) {
    const file = await new Promise((/** @type {(file: File) => void} */ done, fail) =>
      entry.file(done, fail),
    );
    return [{ file, path: entry.fullPath.replace(/^\//, "") }];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const found = [];
  // A reader gives a hundred at a time, and an empty list when it is through.
  for (;;) {
    const some = await new Promise(
      (/** @type {(some: FileSystemEntry[]) => void} */ done, fail) =>
        reader.readEntries(done, fail),
    );
    if (!some.length) return found;
    found.push(...(await Promise.all(some.map(inside))).flat());
  }
}

/** @returns {entry is FileSystemFileEntry} */
function isFile(/** @type {FileSystemEntry} */ entry) {
  return entry.isFile;
}

/** Return one item a file, and how many more there are. */
function named(/** @type {Chosen[]} */ chosen) {
  const names = chosen.slice(0, LISTED).map(({ path }) => path);
  if (chosen.length > LISTED) names.push(`+ ${chosen.length - LISTED}`);
  return names.map((name) => {
    const item = document.createElement("li");
    item.textContent = name;
    return item;
  });
}

for (const zone of document.querySelectorAll("[data-drop-zone]")) {
  if (zone instanceof HTMLElement) followDropZone(zone);
}
