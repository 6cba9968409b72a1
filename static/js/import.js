// Moves the bar of an import that is running, and shows the outcome when it is done.

const EVERY = 1000;
const box = document.querySelector("[data-progress]");
const bar = box.querySelector("progress");

async function look() {
  try {
    const { status, done, total, words } = await (await fetch(box.dataset.progress)).json();
    if (status === "done") return location.reload();
    Object.assign(bar, { max: total, value: done });
    box.querySelector(".counts").lastElementChild.textContent = words;
  } catch {
    // the next look will tell
  }
  setTimeout(look, EVERY);
}

look();
