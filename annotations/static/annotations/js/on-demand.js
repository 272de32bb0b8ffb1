/**
 * Fetch a script when it is first asked for, and put each question to it as an event on the page.
 *
 * @param {HTMLElement} root whose `data-<name>-script` says where the script is
 * @param {string} name of the event
 * @param {object} detail of the event
 * @param {() => void} onFailure when the script can't be fetched
 */
export function askScript(root, name, detail, onFailure) {
  const src = root.getAttribute(`data-${name}-script`) ?? "";
  const ask = () => root.dispatchEvent(new CustomEvent(name, { detail }));
  if (root.querySelector(`script[src="${src}"]`)) {
    ask();
    return;
  }
  const script = document.createElement("script");
  script.type = "module";
  script.src = src;
  script.onload = ask;
  script.onerror = () => {
    script.remove();
    onFailure();
  };
  root.append(script);
}
