// Keeps the local phones current, and sends without leaving the page. Without it the forms still work.

const LOOKS_AGAIN_AFTER = 1000;
const desk = document.querySelector(".phones");
let asked = 0;
let shown = 0;

for (const form of desk.querySelectorAll("form")) form.addEventListener("submit", send);
look();

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const phone = form.closest(".phone");
  const problem = phone.querySelector(".problem");
  const typed = phone.querySelector("input[type=text]");
  const body = new FormData(form, event.submitter);
  try {
    const page = await ask(form.action, { method: "POST", body });
    problem.textContent = page.querySelector(`#${phone.id} .problem`).textContent;
    if (form.contains(typed) && !problem.textContent) typed.value = "";
  } catch {
    problem.textContent = desk.dataset.away;
  }
}

async function look() {
  if (!document.hidden) await ask(desk.dataset.screens).catch(() => {});
  setTimeout(look, LOOKS_AGAIN_AFTER);
}

/** Fetches a page and shows its screens, unless a later answer has been shown already. */
async function ask(address, options) {
  const turn = ++asked;
  const answer = await fetch(address, options);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (turn > shown) {
    shown = turn;
    for (const screen of page.querySelectorAll(".screen")) show(screen);
  }
  return page;
}

/** Puts in place only what differs: what stays is not read out again, and keeps what is selected in it. */
function show(screen) {
  const list = desk.querySelector(`.screen[data-phone="${screen.dataset.phone}"] .thread`);
  const before = [...list.children];
  const after = [...screen.querySelectorAll(".bubble")];
  for (const [index, text] of after.entries()) {
    if (index >= before.length) list.append(text);
    else if (before[index].outerHTML !== text.outerHTML) before[index].replaceWith(text);
  }
  for (const text of before.slice(after.length)) text.remove();
}
