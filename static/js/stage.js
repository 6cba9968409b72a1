// The screen above the stage. It runs all night: whatever happens, it shows the last true picture and says how old it is.

import { startCountdowns } from "./countdown.js";
import "./dialog.js";
import { write } from "./leaderboard.js";
import { LivePage } from "./live.js";

const NAME = [14, 26, 44]; // letters from which a round's name is set smaller; the same as the server's
const STEP = 900; // between two places of a reveal
const LAST_STEP = 2400; // before the winner
const HINT = 3000; // how long the pointer and the hint at the keys stay

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const still = matchMedia("(prefers-reduced-motion: reduce)");

class Stage extends LivePage {
  #newest;
  #revealing = false;

  get #frozen() {
    return this.root.classList.contains("is-frozen");
  }

  frame(frame) {
    this.#newest = frame;
    if (this.#frozen || this.#revealing) return;
    const { phase, shows } = this.root.dataset;
    const kept = shows === "names" && phase !== "waiting";
    this.show(frame);
    const name = this.part(".round-name");
    name.dataset.fit = NAME.filter((letters) => name.textContent.length > letters).length;
    this.part(".stage-more").hidden = frame.standings.length <= this.told.most;
    if (kept && this.root.dataset.phase === "over" && !still.matches) this.#reveal(frame);
  }

  /** Uncovers the places from the last to the first. */
  async #reveal(frame) {
    this.#revealing = true;
    const rows = this.board.rows;
    for (const row of rows) row.dataset.covered = "";
    for (const row of rows.toReversed()) {
      await pause(row === rows[0] ? LAST_STEP : STEP);
      delete row.dataset.covered;
    }
    this.#revealing = false;
    if (this.#newest !== frame) this.frame(this.#newest);
  }

  contact() {
    if (!this.#frozen) super.contact();
  }

  /** Once a minute. A night that has moved on is joined in another way, or not at all. */
  async renew() {
    const { status } = this.told;
    const page = await super.renew();
    if (!page || this.told.status === status) return;
    this.part(".stage-join").replaceWith(page.querySelector(".stage-join"));
    write(this.root, ".phase", this.told.words[this.root.dataset.phase]);
    startCountdowns(this.root);
  }

  freeze(frozen = !this.#frozen) {
    this.root.classList.toggle("is-frozen", frozen);
    if (!frozen && this.#newest) this.frame(this.#newest);
  }

  blank(blank = this.part(".stage-blank").hidden) {
    this.part(".stage-blank").hidden = !blank;
  }

  help() {
    const keys = this.part("dialog");
    if (keys.open) keys.close();
    else keys.showModal();
  }

  back() {
    this.part("dialog").close();
    this.blank(false);
    this.freeze(false);
  }
}

const root = document.querySelector(".stage");
const stage = new Stage(root);
const keys = {
  f: () => stage.freeze(),
  b: () => stage.blank(),
  h: () => stage.help(),
  "?": () => stage.help(),
  escape: () => stage.back(),
};

document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat) keys[event.key.toLowerCase()]?.();
});
root.addEventListener("click", ({ target }) => keys[target.closest("[data-key]")?.dataset.key.toLowerCase()]?.());

let resting;
document.addEventListener("pointermove", () => {
  clearTimeout(resting);
  root.classList.add("is-pointed-at");
  resting = setTimeout(() => root.classList.remove("is-pointed-at"), HINT);
});

/** Keeps the screen on, where the browser can; it lets go whenever the page is hidden. */
async function stayAwake() {
  try {
    if (!document.hidden) await navigator.wakeLock?.request("screen");
  } catch {} // a machine that saves its battery says no
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
