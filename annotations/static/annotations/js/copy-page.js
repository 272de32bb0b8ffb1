/**
 * A button with data-copies="<id>" puts that element's text on the clipboard and says so in
 * the words of data-copied. Where there is no clipboard, it marks the text for copying by hand.
 */

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copies]") : null;
  if (!(button instanceof HTMLElement)) return;
  const source = document.getElementById(button.dataset.copies ?? "");
  if (!source) return;
  try {
    await navigator.clipboard.writeText(source.textContent ?? "");
    const words = button.querySelector("span");
    if (words) words.textContent = button.dataset.copied ?? "";
  } catch {
    getSelection()?.selectAllChildren(source);
  }
});
