// Buttons that copy the text of another element; without this module their row stays hidden, and the text can be selected.

for (const button of document.querySelectorAll("[data-copies]")) {
  const source = document.getElementById(button.dataset.copies);
  const said = button.parentElement.querySelector("[data-copied]");
  button.parentElement.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      said.textContent = said.dataset.copied;
    } catch {
      getSelection().selectAllChildren(source); // the browser said no: one keystroke is left
    }
  });
}
