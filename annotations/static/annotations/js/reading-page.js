/**
 * The reading view: a button that prints it.
 */

document.getElementById("print")?.addEventListener("click", () => window.print());
