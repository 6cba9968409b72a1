// Keeps the control room current, and lets its big button be held instead of tapped.

import { startCountdowns } from "./countdown.js";
import { Feed } from "./feed.js";
import { Leaderboard } from "./leaderboard.js";

const HOLD = 1000; // a pocket or an elbow presses for less
const EVERY = 3000;
const PATIENCE = 8000;

let room = document.querySelector("[data-room]");
const line = document.querySelector("[data-line]");
const badge = line.querySelector("[data-line-words]");
const asOf = line.querySelector("[data-as-of]");
let holding = null;

// ---- Holding -------------------------------------------------------------------------------------------------------

/** Begins to count the second; the button fills meanwhile. */
function hold(button) {
  if (holding) return;
  const timer = setTimeout(() => act(button), HOLD);
  holding = { button, timer };
  button.classList.add("is-held");
}

function release() {
  if (!holding) return;
  clearTimeout(holding.timer);
  holding.button.classList.remove("is-held");
  holding = null;
}

/** Says that the step is meant, and takes it. */
function act(button) {
  release();
  const sure = Object.assign(document.createElement("input"), { type: "hidden", name: "sure", value: "1" });
  button.form.append(sure);
  button.form.submit();
  button.disabled = true;
}

const bigButton = (event) => event.target.closest?.("[data-hold] button");
const presses = (event) => event.key === " " || event.key === "Enter";

document.addEventListener("pointerdown", (event) => event.button === 0 && bigButton(event) && hold(bigButton(event)));
for (const end of ["pointerup", "pointercancel", "blur"]) window.addEventListener(end, release);
document.addEventListener("pointermove", (event) => holding && event.pointerType !== "touch" && !bigButton(event) && release());
document.addEventListener("keydown", (event) => {
  if (!bigButton(event) || !presses(event)) return;
  event.preventDefault(); // no click of its own: the key is held, too
  hold(bigButton(event));
});
document.addEventListener("keyup", (event) => presses(event) && release());
document.addEventListener("contextmenu", (event) => bigButton(event) && event.preventDefault());
// What a finger or a mouse taps does nothing. A click without either comes from an aid, and asks on a page of its own.
document.addEventListener("click", (event) => bigButton(event) && event.detail > 0 && event.preventDefault());

function showHolding() {
  for (const words of document.querySelectorAll(".hold-words")) words.hidden = false;
}

// ---- Staying current -----------------------------------------------------------------------------------------------

/** Draws the panels that differ. What is unfolded stays unfolded, and nothing changes below somebody's focus. */
function draw(panels) {
  for (const [name, html] of Object.entries(panels)) {
    const panel = room.querySelector(`[data-panel="${name}"]`);
    if (panel.drawn === html || panel.contains(document.activeElement)) continue;
    const unfolded = [...panel.querySelectorAll("details")].map((details) => details.open);
    panel.innerHTML = panel.drawn = html;
    for (const [index, details] of panel.querySelectorAll("details").entries()) details.open = unfolded[index] ?? false;
  }
}

/** Something was done to the night, here or elsewhere: the steps are others now. */
async function reread() {
  const answer = await fetch(location.pathname, { signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-room]");
  room.replaceWith(fresh);
  room = fresh;
  document.querySelector(".control-head .row").replaceWith(page.querySelector(".control-head .row"));
  begin();
}

async function ask() {
  const answer = await fetch(room.dataset.snapshot, { signal: AbortSignal.timeout(PATIENCE) });
  if (answer.redirected || answer.status === 403 || answer.status === 404) return say("bad", line.dataset.out);
  if (!answer.ok) throw new Error(answer.statusText);
  const news = await answer.json();
  asOf.textContent = news.as_of;
  say("good", line.dataset.good);
  if (news.version === room.dataset.version) draw(news.panels);
  else if (!holding) await reread();
}

function say(kind, words) {
  if (badge.textContent === words) return;
  badge.className = `badge badge-${kind}`;
  badge.textContent = words;
}

async function follow() {
  if (!document.hidden) {
    try {
      await ask();
    } catch {
      say("bad", line.dataset.lost.replace("%s", asOf.textContent));
    }
  }
  setTimeout(follow, EVERY);
}

// ---- Standings, as they come ---------------------------------------------------------------------------------------

let told = null; // what the page says for its feed
let board = null;

/** Draws a newer frame. */
function stand(frame) {
  if (!board || frame.standings[0]?.votes === undefined) return;
  board.show(frame, told);
  room.querySelector("[data-votes]").textContent = board.numbers.format(frame.total);
}

/** Follows the feed from the first standings on; what the page says later (another token) goes to the same feed. */
function listen() {
  const part = room.querySelector("[data-standings]");
  board = part && new Leaderboard(part.querySelector(".leaderboard"));
  if (!part) return;
  const says = JSON.parse(part.querySelector("script").textContent);
  if (told) {
    Object.assign(told, says);
    return;
  }
  told = says;
  const quiet = () => {}; // the line above speaks for the whole page
  new Feed(told, { frame: stand, contact: quiet, lost: quiet, renew: reread }).follow();
  setInterval(reread, 1000 * told.renew);
}

function begin() {
  showHolding();
  startCountdowns(room);
  listen();
}

begin();
setTimeout(follow, EVERY);
